import Metrics

/// One account under the rule book, between two bars.
@usableFromInline
struct Account: ~Copyable {
  @usableFromInline let listing: Listing
  @usableFromInline var view: BarView
  @usableFromInline var decides = false

  @usableFromInline
  init(_ run: AccountRun, warmupBars: Int, keepsRecord: Bool) { preconditionFailure("to come") }

  @usableFromInline mutating func advance() -> Bool { preconditionFailure("to come") }
  @usableFromInline mutating func accept(_ desk: inout OrderDesk) {}
  @usableFromInline mutating func settle() {}
  @usableFromInline consuming func finish() -> LaneRecord { preconditionFailure("to come") }
}

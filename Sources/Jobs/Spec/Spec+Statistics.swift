import Metrics

extension Spec {
  /// Reads how metrics are defined, and which tables are asked for.
  mutating func readStatistics(_ root: inout SpecReader) throws(SpecError) {
    let name = try root.choice("convention", "convention", of: Convention.names)
    convention = name.flatMap { Convention.named($0) } ?? .apus
    isPerBar = try root.bool("per_bar") ?? false
    guard var reader = try root.object("tables") else { return }
    tables.drawdowns =
      try reader.integer("drawdowns", "a whole number from 0 to 1000", in: 0...1000)
      ?? tables.drawdowns
    tables.monthly = try reader.bool("monthly") ?? tables.monthly
    tables.rolling = try reader.integer(
      "rolling", "the bars of a window, a whole number from 2", in: 2...1_000_000_000)
    try reader.finish()
  }
}

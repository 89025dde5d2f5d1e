import Foundation

/// What another engine made of a rule, and what our rules make of it where the two differ.
///
/// `Golden/README.md` tells how the files are made.
struct PeerGolden: Decodable {
  /// A change of position.
  struct Fill: Decodable {
    var date: String
    var units: Double
    var price: Double
    var fee: Double
    /// Empty where a run has one symbol.
    var symbol = ""

    init(date: String, units: Double, price: Double, fee: Double, symbol: String = "") {
      self.date = date
      self.units = units
      self.price = price
      self.fee = fee
      self.symbol = symbol
    }

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      date = try list.decode(String.self)
      units = try list.decode(Double.self)
      price = try list.decode(Double.self)
      fee = try list.decode(Double.self)
      if !list.isAtEnd { symbol = try list.decode(String.self) }
    }
  }

  /// Fills, and equity at some dates.
  struct Record: Decodable {
    var fills: [Fill]
    var equity: [Double]
  }

  /// One rule on one symbol.
  struct Run: Decodable {
    /// First day of trading.
    var from: String
    /// What the other engine did.
    var peer: Record
    /// What our rules do, where that differs.
    var apus: Record?
    /// What an engine of ours must do.
    var expected: Record { apus ?? peer }
  }

  /// The days at which equity is told, by the first day of trading.
  let dates: [String: [String]]
  /// Runs by case and symbol.
  let cases: [String: [String: Run]]

  /// The golden file of a peer.
  static func load(_ peer: String, file: String = #filePath) throws -> PeerGolden {
    let url = URL(filePath: file).deletingLastPathComponent()
      .appending(path: "Golden/\(peer).json")
    return try JSONDecoder().decode(PeerGolden.self, from: Data(contentsOf: url))
  }

  /// Where a record of ours leaves a run, in words; empty if nowhere by more than 1e-9.
  func differences(_ fills: [Fill], _ equity: [String: Double], from run: Run) -> [String] {
    var found: [String] = []
    let expected = run.expected
    for (ours, theirs) in zip(fills, expected.fills) {
      let isNear =
        near(ours.units, theirs.units) && near(ours.price, theirs.price)
        && near(ours.fee, theirs.fee, atLeast: 1)
      if ours.date != theirs.date || ours.symbol != theirs.symbol || !isNear {
        found.append("\(ours)\n  not \(theirs)")
        break
      }
    }
    if fills.count != expected.fills.count {
      found.append("\(fills.count) fills, not \(expected.fills.count)")
    }
    for (day, value) in zip(dates[run.from] ?? [], expected.equity) {
      guard let ours = equity[day], near(ours, value, atLeast: 1) else {
        found.append("equity \(equity[day] ?? .nan) on \(day), not \(value)")
        break
      }
    }
    if dates[run.from] == nil { found.append("no dates from \(run.from)") }
    return found
  }

  private func near(_ a: Double, _ b: Double, atLeast unit: Double = 0) -> Bool {
    (a - b).magnitude <= 1e-9 * max(a.magnitude, b.magnitude, unit)
  }
}

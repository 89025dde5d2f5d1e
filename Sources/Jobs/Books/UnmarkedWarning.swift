import Books

extension RunWarning {
  /// Tells what is held without a price or a rate, so that sums are unknown; nil if everything has one.
  ///
  /// - Parameters:
  ///   - names: symbols and currencies, by row of a table.
  ///   - asOf: the first instant that doesn't count.
  static func unmarked(_ names: [[String]], asOf: Int64) -> RunWarning? {
    let rows = names.count { !$0.isEmpty }
    if rows == 0 { return nil }
    let all = Set(names.flatMap { $0 }).sorted()
    let shown = all.prefix(10).joined(separator: ", ")
    return RunWarning(
      code: "unmarked", severity: .warning,
      message:
        "\(rows) \(rows == 1 ? "row has" : "rows have") no value: as of \(AsOf.text(asOf)) there is no price or rate of "
        + shown + (all.count > 10 ? ", … \(all.count) in all" : ""))
  }
}

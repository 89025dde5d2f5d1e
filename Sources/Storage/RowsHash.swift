extension ResultTable {
  /// SHA-256 of what rows say, whatever their file looks like, in hexadecimal.
  ///
  /// The text `apus-rows-1`; the hashes of spec and data; lane ids; symbols and status as texts by row, reasons; then labels,
  /// parameters and metrics, each by name: its name, and of numbers what is said of them, name and value; its rows. Last the
  /// leaderboard, its metric and direction. How texts, numbers and lists are written stands at `SHA256.add`.
  public var rowsSHA256: String {
    var hash = SHA256()
    hash.add("apus-rows-1")
    hash.add(attributes.specSHA256)
    hash.add(attributes.dataSHA256)
    hash.add(lanes)
    hash.add(lanes.indices.map { symbol(at: $0) })
    hash.add(status.map(\.rawValue))
    hash.add(reason)
    hash.add(Int64(labels.count))
    for label in labels.sorted(by: { $0.name < $1.name }) {
      hash.add(label.name)
      hash.add(label.index.indices.map { label.text(at: $0) })
    }
    for columns in [parameters, metrics] {
      hash.add(Int64(columns.count))
      for column in columns.sorted(by: { $0.name < $1.name }) {
        hash.add(column.name)
        hash.add(
          column.attributes.sorted { $0.name < $1.name }.flatMap { [$0.name, $0.value] })
        hash.add(column.values)
      }
    }
    hash.add(leaderboard)
    hash.add(leaderboardBy)
    hash.add(leaderboardDirection)
    return hash.hexDigest()
  }
}

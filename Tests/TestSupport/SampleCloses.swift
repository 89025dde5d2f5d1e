import Foundation

/// The adjusted closes of `datasets/us_equity_20_adjusted`: 20 names, 1,006 days without a gap.
package struct SampleCloses: Sendable {
  /// Names of the symbols: `[N]`.
  package let symbols: [String]
  /// Days as in the file, `2019-01-02`: `[T]`.
  package let days: [String]
  /// Midnight UTC of the days, nanoseconds: `[T]`.
  package let timeNs: [Int64]
  /// `[T, N]`, row by row.
  package let closes: [Double]

  /// Simple returns from close to close: `[T - 1, N]`, row by row; their stamps are `timeNs.dropFirst()`.
  package var returns: [Double] {
    let count = symbols.count
    return (count..<closes.count).map { closes[$0] / closes[$0 - count] - 1 }
  }

  /// Reads them.
  package static func load() throws -> SampleCloses {
    // The folder of tests may be a symbolic link.
    let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let url = folder.appending(path: "datasets/us_equity_20_adjusted/closes.csv")
    let lines = try String(decoding: Data(contentsOf: url), as: UTF8.self).split(separator: "\n")
    let rows = lines.dropFirst().map { $0.split(separator: ",") }
    let parser = ISO8601DateFormatter()
    parser.formatOptions = .withFullDate
    return SampleCloses(
      symbols: lines[0].split(separator: ",").dropFirst().map(String.init),
      days: rows.map { String($0[0]) },
      timeNs: rows.map {
        Int64(parser.date(from: String($0[0]))?.timeIntervalSince1970 ?? .nan) * 1_000_000_000
      },
      closes: rows.flatMap { $0.dropFirst().map { Double($0) ?? .nan } })
  }
}

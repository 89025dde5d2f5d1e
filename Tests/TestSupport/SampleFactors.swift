import Foundation

/// The factors of `datasets/us_factors_1d`: 2,518 days, as fractions.
package struct SampleFactors: Sendable {
  /// Names of the factors, momentum last: `[K]`.
  package let names: [String]
  /// Midnight UTC of the days, nanoseconds: `[T]`.
  package let timeNs: [Int64]
  /// `[T, K]`, row by row.
  package let values: [Double]
  /// The rate without risk: `[T]`.
  package let riskFree: [Double]

  /// Reads them.
  package static func load(file: String = #filePath) throws -> SampleFactors {
    // The folder of tests may be a symbolic link.
    let folder = URL(filePath: file).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "../../datasets/us_factors_1d").standardized
    func rows(_ name: String) throws -> [[Substring]] {
      try String(decoding: Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        .split(separator: "\n").map { $0.split(separator: ",") }
    }
    let (five, momentum) = (try rows("ff5.csv"), try rows("momentum.csv"))
    let parser = ISO8601DateFormatter()
    parser.formatOptions = .withFullDate
    func number(_ text: Substring) -> Double { (Double(text) ?? .nan) / 100 }
    return SampleFactors(
      names: five[0][1...5].map(String.init) + ["mom"],
      timeNs: five.dropFirst().map {
        Int64(parser.date(from: String($0[0]))?.timeIntervalSince1970 ?? .nan) * 1_000_000_000
      },
      values: zip(five, momentum).dropFirst().flatMap { ($0[1...5] + [$1[1]]).map(number) },
      riskFree: five.dropFirst().map { number($0[6]) })
  }
}

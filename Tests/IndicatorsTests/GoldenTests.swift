import Indicators
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Text of a file, by its path from this folder.
private func text(of path: String) throws -> String {
  let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
  return try String(contentsOfFile: "/\(folder)/\(path)", encoding: .utf8)
}

/// Columns of a CSV file in `Golden`; an empty cell is NaN.
private func columns(of file: String) throws -> [(title: String, cells: [Double])] {
  let rows = try text(of: "Golden/\(file)").split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false)
  }
  return rows[0].indices.map { column in
    (String(rows[0][column]), rows.dropFirst().map { Double($0[column]) ?? .nan })
  }
}

@Test func agreesWithTALibAndPandas() throws {
  let prices = Dictionary(uniqueKeysWithValues: try columns(of: "prices.csv").map { ($0, $1) })
  var expected = try columns(of: "expected.csv")
  let bars = expected.removeFirst().cells.map { Int($0) }
  #expect(bars.count > 100)
  var covered: Set<String> = []
  for (title, cells) in expected {
    let parts = title.split(separator: ":", omittingEmptySubsequences: false)
    let name = String(parts[1])
    let inputs = try parts[2].split(separator: " ").map { try #require(prices[String($0)]) }
    let arguments = try parts[3].split(separator: " ").map { try #require(Double($0)) }
    let output = try run(name, arguments, inputs)
    var found = bars.map { output[$0] }
    // TA-Lib's other seeding: compared only where it has faded.
    if parts[0] == "talib-faded" {
      for index in cells.indices where cells[index].isNaN { found[index] = .nan }
    }
    #expect(cells.contains { !$0.isNaN }, "\(title) is empty")
    #expect(firstDifference(found, cells) == nil, "\(title)")
    covered.insert(name)
  }
  #expect(Set(names).subtracting(covered).isEmpty, "indicators without a golden column")
}

@Test func readmeListsTheCatalogue() throws {
  let rows = try text(of: "../../Sources/Indicators/README.md").split(separator: "\n")
    .filter { $0.hasPrefix("| `") && $0.contains("(") }
  for type in IndicatorCatalog.all {
    let signature = type.signature
    let row = rows.first { $0.hasPrefix("| `\(signature.usage)` |") }
    #expect(row?.contains("| \(signature.summary) |") == true, "\(signature.usage)")
    #expect(row?.hasSuffix("| \(signature.seeding) |") == true, "\(signature.usage)")
  }
}

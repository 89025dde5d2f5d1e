import Foundation
import TestSupport
import Testing

@Suite struct MalformedInputTests {
  /// A store that was there before.
  private static let store = Task {
    let place = try Workplace()
    try place.folder.write("date,symbol,close\n2023-01-03,OLD,5\n2023-01-04,OLD,6\n", to: "old.csv")
    try await place.done("import old.csv --store s.h5 --panel old --quiet")
    return try place.bytes("s.h5")
  }

  // One run each for those that are refused; a dry run too for the others.
  @Test(arguments: Malformed.all)
  func isRefusedWholeOrKeptRowByRow(_ input: Malformed) async throws {
    let place = try Workplace()
    try await Self.store.value.write(to: place.folder.url.appending(path: "s.h5"))
    if let content = input.content { try place.write(content, to: input.file) }
    for (name, content) in input.others {
      if let content { try place.write(content, to: String(name.drop { $0 == "@" })) }
    }
    let before = try place.contents()
    let files = [input.file] + input.others.keys.filter { !$0.hasPrefix("@") }.sorted()
    let flags =
      (input.flags + (input.flags.contains("--panel") ? "" : " --panel new")).split(separator: " ")
      .map(String.init)
    let result = try await place.apus("import --store s.h5 --json", files + flags)
    switch input.outcome {
    case .refused(let status, let says):
      #expect(result.status == status, "\(result.errors)")
      #expect(result.errors.hasPrefix("error: " + says[0]), "\(result.errors)")
      #expect(says.allSatisfy(result.errors.contains), "\(result.errors)")
      // A message is read by people.
      #expect(result.errors.utf8.count < 2000 && result.output.isEmpty)
      #expect(try place.contents() == before, "a refused file changed something")
    case .kept(let kept, let left, let rows, let bad):
      try #require(result.status == 0, "\(result.errors)")
      try check(try JSON(result.output), kept, left)
      #expect(try place.contents().keys.sorted() == before.keys.sorted())
      let dry = try await place.json("import --dry-run", files + flags)
      try check(dry, kept, left)
      let shown = dry["dry_run"]["first_rows"].list.map(Self.text)
      #expect(rows.isEmpty || Array(shown.suffix(rows.count)) == rows, "\(shown)")
      let reasons = dry["dry_run"]["first_quarantined"].list.map {
        "\($0["line"].int ?? 0) \($0["column"].string ?? ""): \($0["reason"].string ?? "")"
      }
      #expect(
        reasons.count >= bad.count && zip(reasons, bad).allSatisfy { $0.hasPrefix($1) },
        "\(reasons)")
    }
  }

  /// No row is hidden.
  private func check(_ report: JSON, _ kept: Int, _ left: [String: Int]) throws {
    var found: [String: Int] = [:]
    if case .object(let rules) = report["quarantined"] { found = rules.compactMapValues(\.int) }
    #expect(report["rows_kept"].int == kept)
    #expect(found == left)
    #expect(report["rows_read"].int == kept + found.values.reduce(0, +))
  }

  /// A row of a dry run: time, symbol and values.
  private static func text(_ row: JSON) -> String {
    let values = row["values"].list.map { value in
      value.number.map { $0 == $0.rounded() && abs($0) < 1e15 ? "\(Int($0))" : "\($0)" } ?? "-"
    }
    return ([row["time"].string ?? "", row["symbol"].string ?? ""] + values).joined(separator: " ")
  }

  @Test func thereAreManyAndNoTwoOfOneName() {
    #expect(Malformed.all.count >= 80)
    #expect(Set(Malformed.all.map(\.name)).count == Malformed.all.count)
  }
}

extension Workplace {
  func write(_ bytes: Bytes, to name: String) throws {
    try Data(bytes).write(to: folder.url.appending(path: name))
  }
}

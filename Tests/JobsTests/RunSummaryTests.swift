import Foundation
import Jobs
import Simulation
import Testing

@Suite struct RunSummaryTests {
  private func schema() throws -> Any {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let url = root.appending(path: "notebooks-export/schema/run.schema.json")
    return try JSONSerialization.jsonObject(with: Data(contentsOf: url))
  }

  private func check(_ outcome: Workbench.Finished) throws -> [String: Any] {
    let text = try outcome.summary.json()
    #expect(try String(contentsOfFile: outcome.summaryPath, encoding: .utf8) == text)
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let faults = SchemaCheck.faults(json, try schema())
    #expect(faults == [])
    return try #require(json as? [String: Any])
  }

  @Test("summaries of all kinds keep to the schema", arguments: SampleSpec.allCases)
  func sweeps(sample: SampleSpec) throws {
    let bench = try Workbench(SampleMarket.draft(bars: 120, seed: 8))
    let plan = try sample.plan(on: bench)
    let outcome = try bench.run(plan) { $0.workers = 2 }
    let json = try check(outcome)
    #expect(json["kind"] as? String == "sweep" && json["result"] as? String == "run.h5")
    let run = try #require(json["run"] as? [String: Any])
    #expect(run["bars"] as? Int == plan.run.window.count && run["symbols"] as? Int == 3)
    #expect(run["fill"] as? String == plan.spec.fillName && run["bars_per_year"] as? Int == 252)
    #expect(run["lanes_ok"] as? Int == plan.laneCount && run["lanes_failed"] as? Int == 0)
    let provenance = try #require(json["provenance"] as? [String: Any])
    #expect(provenance["threads"] as? Int == 2)
    #expect(provenance["spec_sha256"] as? String == outcome.table.attributes.specSHA256)
    #expect(provenance["data_sha256"] as? String == plan.run.panel.contentHash)
    // A name for each metric, whether it has a value or not.
    let board = try #require(json["leaderboard"] as? [String: Any])
    for row in try #require(board["rows"] as? [[String: Any]]) {
      let metrics = try #require(row["metrics"] as? [String: Any])
      #expect(Set(metrics.keys) == Set(plan.metrics.map(\.name)))
      let reasons = try #require(row["reasons"] as? [String: String])
      #expect(Set(reasons.keys) == Set(metrics.filter { $0.value is NSNull }.keys))
    }
    let timings = try #require(json["timings"] as? [String: Double])
    #expect(
      timings.values.allSatisfy { $0 >= 0 }
        && abs((timings["load_seconds"] ?? 0) - plan.loadSeconds) < 1e-12)
  }

  @Test func failedLanesIntradayAndTraces() throws {
    var draft = SampleMarket.closes([
      "A": [10, 11, 12, 11], "B": Array(repeating: .nan, count: 4), "C": [10, 10, 10, 90],
    ])
    draft.timeNs = draft.timeNs.map { 1_400_000_000_500_000_000 + $0 / 1440 }
    draft.frequencyNs = 60_000_000_000
    let bench = try Workbench(draft)
    let plan = try bench.plan(
      "name: 'a \"b\" ü', strategy: { short_entry: 'close > 1' }, execution: { fill: 'next_close' }, rank: { top: 2 }"
    )
    let outcome = try bench.run(plan, to: "odd name é.hdf5") { $0.keepsTraces = true }
    let json = try check(outcome)
    #expect(json["kind"] as? String == "backtest" && json["result"] as? String == "odd name é.hdf5")
    #expect(json["name"] as? String == "a \"b\" ü")
    let board = try #require(json["leaderboard"] as? [String: Any])
    #expect((board["rows"] as? [Any])?.count == 2)
  }

  @Test func interrupted() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 60))
    let asked = Counter()
    let outcome = try bench.run(
      SampleSpec.dip.plan(on: bench), isCancelled: { asked.next() >= 1 }
    ) { $0.tileLanes = 2 }
    let warnings = try #require(try check(outcome)["warnings"] as? [[String: Any]])
    #expect(warnings.contains { $0["code"] as? String == "interrupted" })
  }

  @Test("the check finds what is wrong") func theCheckChecks() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 60))
    let outcome = try bench.run(SampleSpec.dip.plan(on: bench))
    var json = try check(outcome)
    json["kind"] = "other"
    json["extra"] = 1
    json["name"] = nil
    var run = json["run"] as? [String: Any] ?? [:]
    run["bars_per_year"] = 0.0
    run["from"] = "yesterday"
    json["run"] = run
    let schema = try schema()
    #expect(
      Set(SchemaCheck.faults(json, schema)) == [
        "$.kind: not one of its values", "$.extra: unknown", "$.name: missing",
        "$.run.bars_per_year: too small", "$.run.from: does not match",
      ])
  }
}

/// As much of JSON Schema as the schema of summaries uses; the Python checks use a whole implementation.
enum SchemaCheck {
  static func faults(_ value: Any, _ schema: Any, at path: String = "$") -> [String] {
    guard let schema = schema as? [String: Any] else { return [] }
    var faults: [String] = []
    let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { isType(value, $0) }) {
      return ["\(path): not \(types)"]
    }
    if let values = schema["enum"] as? [String], !values.contains(value as? String ?? "") {
      faults.append("\(path): not one of its values")
    }
    if let constant = schema["const"] as? Int, value as? Int != constant {
      faults.append("\(path): not \(constant)")
    }
    if let text = value as? String {
      if let pattern = schema["pattern"] as? String,
        text.range(of: pattern, options: .regularExpression) == nil
      {
        faults.append("\(path): does not match")
      }
      if text.count < schema["minLength"] as? Int ?? 0 { faults.append("\(path): too short") }
    } else if let number = value as? Double {
      let low = schema["minimum"] as? Double ?? -.infinity
      if number < low || number <= schema["exclusiveMinimum"] as? Double ?? -.infinity {
        faults.append("\(path): too small")
      }
    }
    if let list = value as? [Any], let items = schema["items"] {
      for (index, item) in list.enumerated() {
        faults += Self.faults(item, items, at: "\(path)[\(index)]")
      }
    }
    if let object = value as? [String: Any] {
      let properties = schema["properties"] as? [String: Any] ?? [:]
      for key in schema["required"] as? [String] ?? [] where object[key] == nil {
        faults.append("\(path).\(key): missing")
      }
      for (key, member) in object {
        if let property = properties[key] {
          faults += Self.faults(member, property, at: "\(path).\(key)")
        } else if let others = schema["additionalProperties"] as? [String: Any] {
          faults += Self.faults(member, others, at: "\(path).\(key)")
        } else if schema["additionalProperties"] as? Bool == false {
          faults.append("\(path).\(key): unknown")
        }
      }
    }
    return faults
  }

  private static func isType(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "null": value is NSNull
    case "integer": (value as? Double).map { $0 == $0.rounded() } ?? false
    case "number": value is Double
    default: false
    }
  }
}

import Foundation
import TestSupport
import Testing

@Suite struct CatalogTests {
  @Test(arguments: [("functions", "sma"), ("metrics", "sharpe")])
  func lists(verb: String, name: String) async throws {
    let place = try Workplace()
    let all = try await place.apus(verb)
    #expect(all.status == 0 && all.errors.isEmpty)
    let one = try await place.done("\(verb) \(name)")
    #expect(one.hasPrefix(name))
    // Functions are listed in full, metrics by a line each.
    let line = one.split(separator: "\n")[1].drop { $0 == " " }
    #expect(all.output.contains(verb == "functions" ? one : String(line)))
    let json = try await place.json(verb).list
    #expect(json.count > 20)
    let entry = try await place.json("\(verb) \(name)").list
    #expect(entry.count == 1)
    #expect(entry[0]["name"].string == name)
    #expect(entry[0]["source"].string?.isEmpty == false)
    #expect(Set(json.map { $0["name"].string }).count == json.count)
  }

  @Test func metricsOfAnotherLibrary() async throws {
    let place = try Workplace()
    let all = try await place.done("metrics --convention quantstats")
    #expect(all.hasPrefix("Return\n"))
    #expect(all.contains("normal: mean + z(0.05) * s1") && !all.contains("total_return "))
    let one = try await place.done("metrics sharpe --convention backtesting.py")
    #expect(one.contains("source: backtesting.py 0.6.6"))
    let wrong = try await place.apus("metrics --convention quantstat")
    #expect(wrong.status == 2 && wrong.errors.contains("Did you mean 'quantstats'?"))
  }

  @Test(arguments: [
    (
      "functions smaa",
      "error: NAME: no function 'smaa'. Did you mean 'sma'?\n  see all of them: apus functions\n"
    ),
    (
      "metrics shrpe",
      "error: NAME: no metric 'shrpe'. Did you mean 'sharpe'?\n  see all of them: apus metrics\n"
    ),
    ("metrics sharpe sortino", "error: 'sortino': one word more than 'metrics' takes."),
    ("functions --jsn", "error: --jsn: 'functions' has no such option. Did you mean '--json'?"),
  ])
  func mistakes(words: String, message: String) async throws {
    let result = try await Workplace().apus(words)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }

  /// What the reference names, a spec accepts: every metric is computed and exported.
  @Test func everyMetricCanBeAskedFor() async throws {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    let names = try await place.json("metrics").list.compactMap { $0["name"].string }
    let list = "[" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    let spec = Specs.cross().replacing(
      #"["sharpe", "total_return", "max_drawdown", "trades"]"#, with: list)
    try place.folder.write(spec, to: "a.json5")
    try await place.done("sweep a.json5 -o r.h5 --quiet")
    let header = try await place.done("export r.h5").prefix { $0 != "\n" }
    #expect(header == "lane,symbol,fast,slow,status,reason," + names.joined(separator: ","))
  }
}

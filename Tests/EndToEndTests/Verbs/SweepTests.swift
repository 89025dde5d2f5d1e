import Foundation
import TestSupport
import Testing

@Suite struct SweepTests {
  private func place(_ spec: String = Specs.cross()) async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(spec, to: "a.json5")
    return place
  }

  @Test func resultsAndTalkAreApart() async throws {
    let place = try await place()
    let result = try await place.apus("sweep a.json5")
    #expect(result.status == 0)
    let rows = result.output.split(separator: "\n")
    #expect(rows.count == 6)
    #expect(
      rows.first?.split(separator: " ").joined(separator: " ")
        == "rank lane symbol fast slow sharpe total_return max_drawdown trades")
    let talk = result.errors.split(separator: "\n").map(String.init)
    #expect(
      talk.first
        == "cross: 60 lanes = 15 parameter sets × 4 symbols, 120 bars each, fill next_open")
    #expect(talk.contains { $0.hasPrefix("warning: no symbol of panel us_equity_1d ever ends") })
    #expect(talk.contains { $0.hasSuffix("; wrote cross.h5 and cross.json") })
    let best = rows[1].split(separator: " ")[1]
    #expect(talk.last == "next: apus replay cross.h5 --lane \(best)")
    #expect(try place.folder.names() == ["a.json5", "cross.h5", "cross.json", "prices.h5"])
  }

  @Test func jsonIsTheSummary() async throws {
    let place = try await place()
    let result = try await place.apus("sweep a.json5 --json --quiet")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(try place.folder.read("cross.json") == result.output)
    let json = try JSON(result.output)
    #expect(json["kind"].string == "sweep")
    #expect(json["run"]["lanes_ok"].int == 60)
    #expect(json["leaderboard"]["rows"].list.count == 5)
    #expect(json["leaderboard"]["rows"][0]["rank"].int == 1)
    #expect(json["warnings"][0]["code"].string == "survivorship")
  }

  @Test func quietPrintsTheTableOnly() async throws {
    let result = try await place().apus("sweep a.json5 --quiet")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.hasPrefix("rank "))
  }

  @Test func outputGoesWhereItIsTold() async throws {
    let place = try await place()
    try FileManager.default.createDirectory(
      at: place.folder.url.appending(path: "out"), withIntermediateDirectories: false)
    try await place.done("sweep a.json5 -o out/r.h5 --quiet")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.folder.path("out")).sorted()
        == ["r.h5", "r.json"])
    #expect(try place.folder.names() == ["a.json5", "out", "prices.h5"])
    let refused = try await place.apus("sweep a.json5 -o -")
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("error: --output: a result is a file"))
  }

  @Test func standardInputSettingsAndStore() async throws {
    let place = try await place()
    try await place.done("sweep - -o in.h5 --quiet", input: Specs.cross())
    try await place.done("sweep a.json5 -o file.h5 --quiet")
    let input = try await place.done("export in.h5")
    #expect(try await place.done("export file.h5") == input)
    #expect(input.split(separator: "\n").count == 61)

    try await place.makeStore("b.h5", "--seed 2")
    try await place.done("sweep a.json5 --store b.h5 -o b-run.h5 --quiet")
    #expect(try await place.done("export b-run.h5") != input)
    try await place.done(
      "sweep a.json5 -o set.h5 --quiet --set slow=[10,20] --set rank.by=trades",
      ["--set", #"data.symbols=["S0001", "S0003"]"#, "--threads", "2"])
    let set = try await place.json("inspect set.h5")
    #expect(set["lanes_ok"].int == 12)
    #expect(set["ranked_by"].string == "trades")
  }

  @Test func theStoreIsRelativeToTheSpec() async throws {
    let place = try Workplace()
    let inner = place.folder.url.appending(path: "in ner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
    try await RunApus.shell(
      "apus generate --bars 60 --symbols 1 --store 'in ner/prices.h5'", in: place.folder
    ).expectDone()
    try Data(Specs.cross().utf8).write(to: inner.appending(path: "a.json5"))
    try await place.done("sweep", ["in ner/a.json5", "--quiet"])
    #expect(try place.folder.names() == ["cross.h5", "cross.json", "in ner"])
  }

  @Test func dryRunWritesNothing() async throws {
    let place = try await place()
    let before = try place.contents()
    let result = try await place.apus("sweep a.json5 --dry-run")
    #expect(result.status == 0)
    #expect(result.output.contains("lanes       60 = 15 parameter sets × 4 symbols\n"))
    let json = try await place.json("sweep a.json5 --dry-run")
    #expect(json["lanes"].int == 60)
    #expect(json["parameter_sets"].int == 15)
    #expect(json["bars"].int == 120)
    #expect(try place.contents() == before)
  }

  @Test(arguments: ["cross.h5", "cross.json"])
  func anExistingFileNeedsForce(name: String) async throws {
    let place = try await place()
    try place.folder.write("mine", to: name)
    let before = try place.contents()
    let refused = try await place.apus("sweep a.json5")
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("error: \(name) exists and is kept."))
    #expect(refused.errors.contains("--force"))
    #expect(try place.contents() == before)
    try await place.done("sweep a.json5 --force")
    #expect(try await place.json("inspect cross.h5")["lanes_ok"].int == 60)
    #expect(try JSON(place.folder.read("cross.json"))["name"].string == "cross")
  }

  @Test(arguments: ["cross.json", "link.json"])
  func forceDoesNotCostTheSpecOrTheStore(spec: String) async throws {
    let place = try await place()
    try place.folder.write(Specs.cross(), to: "cross.json")
    try FileManager.default.createSymbolicLink(
      atPath: place.folder.path("link.json"), withDestinationPath: "cross.json")
    let before = try place.contents()
    for words in ["sweep \(spec) --force", "sweep a.json5 -o prices.h5 --force"] {
      let refused = try await place.apus(words)
      #expect(refused.status == 2)
      #expect(refused.errors.hasPrefix("error: --output: "), "\(refused.errors)")
      #expect(refused.errors.contains("is read, so it can't be written too"))
    }
    #expect(try place.contents() == before)
  }

  @Test func failedLanesEndInOne() async throws {
    let place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 300 --symbols 12 --late 0.5 --seed 3")
    try place.folder.write(Specs.cross(), to: "a.json5")
    let result = try await place.apus("sweep a.json5 --set data.to=\"2010-01-29\"")
    #expect(result.status == 1)
    let info = try await place.json("inspect cross.h5")
    let (good, bad) = (info["lanes_ok"].int ?? 0, info["lanes_failed"].int ?? 0)
    #expect(good > 0 && bad > 0 && good + bad == 180)
    #expect(bad % 15 == 0, "all lanes of a symbol fail together")
    let rows = try await place.done("export cross.h5").split(separator: "\n")
    #expect(rows.count == 181)
    #expect(rows.count { $0.contains(",failed,no_price_in_window,") } == bad)
    let defined = try #require(rows.last { !$0.contains("sharpe: ") && !$0.contains(",failed,") })
    #expect(rows.firstIndex(of: defined) == good - rows.count { $0.contains("sharpe: ") })
    // The table shows a status when there is something to tell.
    let table = try await place.done("rank cross.h5 --top 180")
    #expect(table.contains("  symbol  status  fast ") && table.contains("  failed "))
    let lane = try #require(rows.last { $0.contains(",failed,") }?.split(separator: ",").first)
    let replay = try await place.apus("replay cross.h5 --lane \(lane)")
    #expect(replay.status == 0, "\(replay.errors)")
  }

  @Test(arguments: [
    (#"name="a/b""#, #"name: found the text "a/b", expected a text of 1 to 100 bytes"#),
    (#"data.simbols="all""#, "data.simbols: there is no such key. Did you mean 'symbols'?"),
    (#"data.symbols=["S00002"]"#, "data.symbols: no symbol 'S00002'. Did you mean 'S0000'?"),
    (#"data.panel="us_equty_1d""#, "no panel 'us_equty_1d' (it has: us_equity_1d). Did you mean"),
    (#"data.from="2010-13-01""#, #"data.from: found the text "2010-13-01""#),
    (
      #"data.from="2031-01-01""#,
      "no bar lies between them; panel us_equity_1d runs from 2010-01-04"
    ),
    (
      #"execution.fill="nextopen""#, "execution.fill: no fill 'nextopen'. Did you mean 'next_open'?"
    ),
    (#"rank.by="shrpe""#, "rank.by: no metric 'shrpe'. Did you mean 'sharpe'?"),
    (#"strategy.long_entry="close > smaa(close, 3)""#, "no function 'smaa'. Did you mean 'sma'?"),
    (#"strategy.long_entry="clos > 3""#, "'clos'. Did you mean 'close'?"),
    (#"strategy.long_entry="close > sma(close, fats)""#, "'fats'. Did you mean 'fast'?"),
    (#"strategy.long_entry="lag(close, -1) > 3""#, "strategy.long_entry, column"),
    (#"where="fast > 90""#, "where: no combination of parameters satisfies"),
    (#"account.cash="much""#, #"account.cash: found the text "much", expected an amount above 0"#),
  ])
  func mistakesInSpecsEndInTwo(setting: String, message: String) async throws {
    let place = try await place()
    let before = try place.contents()
    let result = try await place.apus("sweep a.json5 --set", [setting])
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("error: "))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try place.contents() == before)
  }

  @Test(arguments: [
    ("{ apus: 1, ", "line 1, column 12: found the end of the file"),
    ("{ apus: 2 }", "line 1, apus: found the number 2, expected the format version 1"),
    ("{ apus: 1 }", "data: is missing; expected { store: \"prices.h5\", … }"),
    ("{ apus: 1, data: { store: \"prices.h5\" } }", "strategy: is missing"),
    ("", "found the end of the file, expected a value"), ("[]", "found a list, expected an object"),
  ])
  func brokenSpecs(text: String, message: String) async throws {
    let place = try await place()
    for (words, name) in [("sweep -", "standard input"), ("sweep b.json5", "b.json5")] {
      try place.folder.write(text, to: "b.json5")
      let result = try await place.apus(words, input: text)
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("error: \(name): "), "\(result.errors)")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  @Test(arguments: [
    ("sweep", "error: SPEC: is missing."),
    ("sweep a.json5 --threads 0", "error: --threads: 0 is out of range."),
    ("sweep a.json5 --threads two", "error: --threads: 'two' is not a whole number."),
    ("sweep a.json5 --set fast", "error: --set: 'fast' is not key=value."),
    ("sweep a.json5 --set fats=1", "error: a.json5: "),
    ("sweep a.json5 --jsn", "error: --jsn: 'sweep' has no such option. Did you mean '--json'?"),
    ("sweep a.json5 b.json5", "error: 'b.json5': one word more than 'sweep' takes."),
  ])
  func mistakesEndInTwo(words: String, message: String) async throws {
    let place = try await place()
    let result = try await place.apus(words)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(try place.folder.names() == ["a.json5", "prices.h5"])
  }

  @Test func anUnknownInstructionSet() async throws {
    let result = try await place().apus("sweep a.json5", environment: ["APUS_CPU": "z80"])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("error: APUS_CPU: 'z80' is not known.\n  one of: baseline"))
  }

  @Test(arguments: [
    ("sweep nowhere.json5", "error: nowhere.json5: does not exist."),
    ("sweep .", "error: .: is a folder"),
    ("sweep prices.h5", "error: prices.h5: is not UTF-8 text"),
    ("sweep a.json5 --store nowhere.h5", "nowhere.h5 does not exist."),
    ("sweep a.json5 --store a.json5", "a.json5 is not a price store file of Apus"),
    (
      "sweep a.json5 -o no/folder/r.h5",
      "error: no/folder/r.h5 can't be written: the folder no/folder"
    ),
    ("sweep a.json5 -o .", "error: . can't be written: it is a folder"),
  ])
  func badFilesEndInThree(words: String, message: String) async throws {
    let place = try await place()
    let before = try place.contents()
    let result = try await place.apus(words)
    #expect(result.status == 3)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try place.contents() == before)
  }

  @Test func anInterruptedSweepKeepsWhatIsFinished() async throws {
    let place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 200000 --symbols 1 --frequency minute")
    let long = Specs.cross(name: "long", more: "where: \"fast < slow\",")
    try place.folder.write(long, to: "a.json5")
    // Some 160,000 lanes of 200,000 bars on one thread: no machine is through with them in five seconds. One under heavy
    // load may not have finished the first of them, and gets more time.
    var kept = 0
    var result = ProcessResult(output: "", errors: "", status: -1)
    for seconds in [1, 2, 5] where kept == 0 {
      let running = try RunApus.start(
        [
          "sweep", "a.json5", "--threads", "1", "--force", "--set", "fast={from: 2, to: 400}",
          "--set", "slow={from: 2, to: 600}",
        ], in: place.folder)
      while running.isRunning, try !running.errors().contains("lanes = ") {
        try await Task.sleep(for: .milliseconds(5))
      }
      try await Task.sleep(for: .seconds(seconds))
      running.signal(SIGINT)
      result = try await running.finish(timeout: 30)
      kept = try await place.json("inspect long.h5")["lanes_ok"].int ?? 0
    }
    #expect(result.status == 130)
    #expect(
      result.errors.contains(/error: interrupted: [0-9]+ of 159201 lanes were finished and kept\n/))
    #expect(kept > 0 && kept < 159_201)
    #expect(try await place.done("export long.h5").split(separator: "\n").count == kept + 1)
    let summary = try JSON(place.folder.read("long.json"))
    #expect(summary["warnings"].list.contains { $0["code"].string == "interrupted" })
    let best = summary["leaderboard"]["rows"][0]["lane"].int ?? -1
    try await place.done("replay long.h5 --lane \(best)")
    #expect(
      try place.folder.names() == [
        "a.json5", "long.h5", "long.h5.partial", "long.json", "prices.h5",
      ])
  }
}

extension ProcessResult {
  /// Expects a good end.
  func expectDone(at location: SourceLocation = #_sourceLocation) {
    #expect(status == 0, "\(errors)", sourceLocation: location)
  }
}

import Arguments
import Testing

@Suite struct ParserTests {
  @Test(arguments: [
    ["sweep", "a.json5", "--by", "sortino", "-o", "run.h5", "--json"],
    ["sweep", "--by=sortino", "--output=run.h5", "--json", "a.json5"],
    ["sweep", "-o=run.h5", "--json", "--by", "sortino", "--", "a.json5"],
  ])
  func theSameInEveryOrderAndSpelling(words: [String]) throws {
    guard case .run("sweep", let parsed) = try Sample.program.parse(words) else {
      Issue.record("no run of sweep")
      return
    }
    #expect(parsed.positional("SPEC") == "a.json5")
    #expect(parsed.string("by") == "sortino")
    #expect(parsed.path("output") == .file("run.h5"))
    #expect(parsed.flag("json") && parsed.flag(CommonOptions.json))
    #expect(!parsed.flag("force") && !parsed.flag(CommonOptions.quiet))
    #expect(parsed.isGiven("by") && parsed.isGiven("json") && !parsed.isGiven("top"))
  }

  @Test func defaultsAndAbsence() throws {
    let parsed = try Sample.run("sweep", "a.json5")
    #expect(parsed.string("by") == "sharpe")
    #expect(try parsed.int("top", in: 1...1000) == 20)
    #expect(try parsed.optionalDouble("share", in: 0...1) == nil)
    #expect(parsed.optionalPath("output") == nil)
    #expect(try parsed.optionalInt("threads", in: 1...64) == nil)
    #expect(parsed.strings("set").isEmpty)
  }

  @Test func aFlagThatTheVerbDoesNotTakeIsFalse() throws {
    let parsed = try Sample.run("rank", "lanes", "a.h5", "--by", "sharpe")
    #expect(!parsed.flag(CommonOptions.dryRun))
  }

  @Test func repeatedKeyValues() throws {
    let parsed = try Sample.run(
      "sweep", "a.json5", "--set", "fast=20", "--set=where=fast < slow", "--set", "name=")
    #expect(
      try parsed.keyValues("set") == [
        KeyValue(key: "fast", value: "20"), KeyValue(key: "where", value: "fast < slow"),
        KeyValue(key: "name", value: ""),
      ])
  }

  @Test func standardStreams() throws {
    let parsed = try Sample.run("sweep", "-", "-o", "-")
    #expect(parsed.positionalPath("SPEC") == .standardStream)
    #expect(parsed.path("output") == .standardStream)
    #expect(try Sample.run("sweep", "./-").positionalPath("SPEC") == .file("./-"))
  }

  @Test(arguments: ["-3", "-.5", "-3e4"]) func negativeNumbersAreValues(text: String) throws {
    let parsed = try Sample.run("sweep", "a.json5", "--share", text)
    #expect(try parsed.double("share") == Double(text))
  }

  @Test func afterTwoDashesNothingIsAnOption() throws {
    let parsed = try Sample.run("rank", "--by", "sharpe", "lanes", "--", "--json", "--", "-h")
    #expect(parsed.positionals("RESULT") == ["--json", "--", "-h"])
    #expect(!parsed.flag("json"))
  }

  @Test func severalFiles() throws {
    let parsed = try Sample.run("rank", "lanes", "a.h5", "--by", "sharpe", "b.h5", "c d.h5")
    #expect(parsed.positional("KIND") == "lanes")
    #expect(parsed.positionals("RESULT") == ["a.h5", "b.h5", "c d.h5"])
  }

  @Test(arguments: [
    (["--version"], Invocation.version), (["--help"], .help(verb: nil)), (["-h"], .help(verb: nil)),
    (["help"], .help(verb: nil)), (["help", "sweep"], .help(verb: "sweep")),
    (["help", "--help"], .help(verb: nil)), (["help", "help"], .help(verb: "help")),
    (["sweep", "--help"], .help(verb: "sweep")), (["sweep", "-h"], .help(verb: "sweep")),
    (["sweep", "--nonsense", "--top", "x", "-h"], .help(verb: "sweep")),
  ])
  func helpAndVersion(words: [String], expected: Invocation) throws {
    #expect(try Sample.program.parse(words) == expected)
  }

  @Test func hiddenThingsStillWork() throws {
    #expect(try Sample.run("sweep", "a", "--secret").flag("secret"))
    guard case .run("internals", _) = try Sample.program.parse(["internals"]) else {
      Issue.record("a hidden verb must run")
      return
    }
  }
}

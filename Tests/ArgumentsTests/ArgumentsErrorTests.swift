import Arguments
import Testing

@Suite struct ArgumentsErrorTests {
  @Test(arguments: [
    ([], ArgumentsError.noVerb(program: "apus")),
    (["swep"], .unknownVerb("swep", nearest: "sweep", program: "apus")),
    (["version"], .unknownVerb("version", nearest: "--version", program: "apus")),
    (["zzzzzz"], .unknownVerb("zzzzzz", nearest: nil, program: "apus")),
    (["internal"], .unknownVerb("internal", nearest: nil, program: "apus")),
    (["help", "rnak"], .unknownVerb("rnak", nearest: "rank", program: "apus")),
    (["--json", "sweep"], .unknownOption("--json", nearest: nil, verb: nil, program: "apus")),
    (
      ["sweep", "a", "--thread=2"],
      .unknownOption("--thread", nearest: "--threads", verb: "sweep", program: "apus")
    ),
    (["sweep", "a", "-x"], .unknownOption("-x", nearest: nil, verb: "sweep", program: "apus")),
    (
      ["sweep", "a", "--secrets"],
      .unknownOption("--secrets", nearest: nil, verb: "sweep", program: "apus")
    ),
    (
      ["sweep", "a", "--by"],
      .missingValue(option: "--by", valueName: "METRIC", verb: "sweep", program: "apus")
    ),
    (
      ["sweep", "a", "-o", "--json"],
      .missingValue(option: "-o", valueName: "PATH", verb: "sweep", program: "apus")
    ),
    (
      ["sweep", "--by", "--", "a"],
      .missingValue(option: "--by", valueName: "METRIC", verb: "sweep", program: "apus")
    ),
    (["sweep", "a", "--json=yes"], .flagWithValue(option: "--json", value: "yes")),
    (
      ["sweep", "a", "--by", "x", "--by=y"],
      .repeatedOption(option: "--by", first: "x", second: "y")
    ),
    (
      ["rank", "lanes", "a.h5"],
      .missingOption(option: "--by", valueName: "METRIC", verb: "rank", program: "apus")
    ),
    (["sweep", "a", "b"], .unexpectedArgument("b", verb: "sweep", program: "apus")),
    (
      ["sweep"],
      .missingArgument(name: "SPEC", help: "The job to run.", verb: "sweep", program: "apus")
    ),
    (
      ["rank", "lanes", "--by", "x"],
      .missingArgument(name: "RESULT", help: "Results.", verb: "rank", program: "apus")
    ),
    (["sweep", ""], .badValue(name: "SPEC", value: "", reason: .empty)),
    (["sweep", "a", "--by="], .badValue(name: "--by", value: "", reason: .empty)),
    (
      ["sweep", "a", "--on-bad-row", "rejetc"],
      .badValue(
        name: "--on-bad-row", value: "rejetc",
        reason: .notOneOf(["quarantine", "reject"], nearest: "reject"))
    ),
    (
      ["rank", "cells", "a", "--by", "x"],
      .badValue(
        name: "KIND", value: "cells", reason: .notOneOf(["lanes", "symbols"], nearest: nil))
    ),
  ])
  func mistakesAreNamed(words: [String], expected: ArgumentsError) {
    #expect(throws: expected) { try Sample.program.parse(words) }
  }

  @Test(arguments: [
    ("x", ArgumentsError.BadValue.notInteger), ("2.5", .notInteger), ("1e3", .notInteger),
    ("0", .outOfRange(lowest: "1", highest: "64")), ("65", .outOfRange(lowest: "1", highest: "64")),
    ("99999999999999999999", .outOfRange(lowest: "1", highest: "64")),
    ("-99999999999999999999", .outOfRange(lowest: "1", highest: "64")),
  ])
  func wholeNumbers(text: String, reason: ArgumentsError.BadValue) throws {
    let parsed = try Sample.run("sweep", "a", "--threads", text)
    #expect(throws: ArgumentsError.badValue(name: "--threads", value: text, reason: reason)) {
      try parsed.optionalInt("threads", in: 1...64)
    }
  }

  @Test(arguments: [
    ("x", ArgumentsError.BadValue.notNumber), ("nan", .notNumber), ("inf", .notNumber),
    ("1e999", .notNumber), ("0.5x", .notNumber),
    ("1.5", .outOfRange(lowest: "0.0", highest: "1.0")),
    ("-0.1", .outOfRange(lowest: "0.0", highest: "1.0")),
  ])
  func numbers(text: String, reason: ArgumentsError.BadValue) throws {
    let parsed = try Sample.run("sweep", "a", "--share", text)
    #expect(throws: ArgumentsError.badValue(name: "--share", value: text, reason: reason)) {
      try parsed.optionalDouble("share", in: 0...1)
    }
  }

  @Test(arguments: [
    (["fast"], "fast", ArgumentsError.BadValue.notKeyValue), (["=20"], "=20", .notKeyValue),
    (["fast=1", "fast=2"], "fast=2", .repeatedKey("fast")),
  ])
  func pairs(texts: [String], bad: String, reason: ArgumentsError.BadValue) throws {
    let words = ["sweep", "a"] + texts.flatMap { ["--set", $0] }
    guard case .run(_, let parsed) = try Sample.program.parse(words) else { return }
    #expect(throws: ArgumentsError.badValue(name: "--set", value: bad, reason: reason)) {
      try parsed.keyValues("set")
    }
  }

  @Test func theTextNamesTheNextStep() {
    #expect(
      ArgumentsError.unknownVerb("swep", nearest: "sweep", program: "apus").description
        == "no verb 'swep'. Did you mean 'sweep'?\n  see all of them: apus --help")
    #expect(
      ArgumentsError.unknownName(
        "shrpe", kind: "metric", option: "--metric", among: ["sortino", "sharpe"],
        seeAll: "apus inspect --metrics"
      ).description
        == "--metric: no metric 'shrpe'. Did you mean 'sharpe'?\n"
        + "  see all of them: apus inspect --metrics")
    #expect(
      ArgumentsError.badValue(
        name: "--threads", value: "0", reason: .outOfRange(lowest: "1", highest: "64")
      ).description == "--threads: 0 is out of range.\n  give a number from 1 to 64")
  }

  @Test(arguments: [
    ("sahrpe", "sharpe"), ("SHARPE", "sharpe"), ("sharp", "sharpe"),
    ("max_drawdwon", "max_drawdown"),
    ("cat", nil), ("", nil), (String(repeating: "sharpe", count: 1000), nil),
  ])
  func nearestNames(word: String, expected: String?) {
    let error = ArgumentsError.unknownName(
      word, kind: "metric", option: "--by", among: ["sharpe", "sortino", "max_drawdown"],
      seeAll: "apus metrics")
    let hint = expected.map { "Did you mean '\($0)'?" }
    #expect(
      hint.map { error.description.contains($0) } ?? !error.description.contains("Did you mean"))
  }
}

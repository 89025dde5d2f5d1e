import Foundation
import TestSupport
import Testing

@Suite struct CommandLineTests {
  @Test func version() async throws {
    let result = try await RunApus.run(["--version"])
    #expect(result.status == 0)
    #expect(result.output.wholeMatch(of: /apus \d+\.\d+\.\d+\n/) != nil)
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: [
    (["--help"], "help.txt"), (["-h"], "help.txt"), (["help"], "help.txt"),
    (["help", "completions"], "help-completions.txt"),
    (["completions", "--help"], "help-completions.txt"),
    (["completions", "--nonsense", "-h"], "help-completions.txt"),
  ])
  func help(words: [String], golden: String) async throws {
    let result = try await RunApus.run(words)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(try Golden.difference(result.output, from: golden) == nil)
  }

  /// Each verb's help is read by a person, and no verb is forgotten.
  @Test func helpOfEveryVerb() async throws {
    let page = try await RunApus.run(["help"])
    let verbs = page.output.split(separator: "\n").compactMap {
      $0.firstMatch(of: /^  ([a-z]+)  +[A-Z]/).map { String($0.1) }
    }
    #expect(verbs.count >= 12)
    for verb in verbs {
      let result = try await RunApus.run(["help", verb])
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(try Golden.difference(result.output, from: "help-\(verb).txt") == nil)
      if verb != "help" {
        #expect(try await RunApus.run([verb, "--help"]).output == result.output)
      }
    }
    // A family's line ends in "…"; its page has its verbs by their second words.
    for family in page.output.matches(of: /\n  ([a-z]+) …/).map({ String($0.1) }) {
      let result = try await RunApus.run(["help", family])
      #expect(try Golden.difference(result.output, from: "help-\(family).txt") == nil)
      let actions = result.output.split(separator: "Actions:").last ?? ""
      for action in actions.matches(of: /\n  ([a-z-]+)  +[A-Z]/).map({ String($0.1) }) {
        let result = try await RunApus.run(["help", family, action])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
          try Golden.difference(result.output, from: "help-\(family)-\(action).txt") == nil)
      }
    }
  }

  @Test(arguments: [
    ([], "error: no verb given."),
    (["completoins", "bash"], "error: no verb 'completoins'. Did you mean 'completions'?"),
    (["help", "completoins"], "error: no verb 'completoins'. Did you mean 'completions'?"),
    (["completions", "bahs"], "error: SHELL: 'bahs' is not known. Did you mean 'bash'?"),
    (["completions"], "error: SHELL: is missing."),
    (["completions", "bash", "--forse"], "error: --forse: 'completions' has no such option."),
    (["completions", "bash", "zsh"], "error: 'zsh': one word more than 'completions' takes."),
  ])
  func mistakesEndInTwo(words: [String], message: String) async throws {
    let result = try await RunApus.run(words)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    // The second line is the next step.
    #expect(result.errors.split(separator: "\n").count == 2)
  }

  @Test func aFullDiskIsThree() async throws {
    let result = try await RunApus.shell("apus --help > /dev/full")
    #expect(result.status == 3)
    #expect(result.errors.hasPrefix("error: standard output: can't be written: No space left"))
  }

  @Test func aClosedOutputIsThree() async throws {
    let result = try await RunApus.shell("apus --help >&-")
    #expect(result.status == 3)
  }

  @Test func aReaderThatLeavesIsNoError() async throws {
    // A pipe that nobody reads any more when apus begins.
    let line = "{ sleep 0.2; apus --help; echo $? > status; } | true; sleep 0.4; cat status"
    let result = try await RunApus.shell(line)
    #expect(result.output == "0\n")
    #expect(result.errors.isEmpty)
  }

  @Test func noColorOffATerminal() async throws {
    let result = try await RunApus.run(["nonsense"], environment: ["TERM": "xterm-256color"])
    #expect(!result.errors.contains("\u{1b}"))
  }

  /// `script`, from the essential package bsdutils, gives a command a terminal.
  @Test(arguments: [
    ("apus nonsense", [:], true), ("apus nonsense", ["NO_COLOR": "1"], false),
    ("apus nonsense", ["NO_COLOR": ""], true), ("apus nonsense --no-color", [:], false),
    ("apus nonsense", ["TERM": "dumb"], false),
  ])
  func colorOnATerminal(line: String, added: [String: String], isColored: Bool) async throws {
    let environment = ["TERM": "xterm"].merging(added) { $1 }
    let result = try await RunApus.shell(
      "script -qec '\(line)' /dev/null < /dev/null", environment: environment)
    #expect(result.status == 2)
    #expect(result.output.contains("no verb 'nonsense'"))
    #expect(result.output.contains("\u{1b}[1;31merror:") == isColored)
  }
}

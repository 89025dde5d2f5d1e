import Foundation
import TestSupport
import Testing

@Suite struct CompletionsTests {
  static func has(_ program: String) -> Bool {
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains {
      FileManager.default.isExecutableFile(atPath: $0 + program)
    }
  }

  /// What bash offers for words of which the last is unfinished.
  private func bash(_ words: [String], in folder: ScratchFolder) async throws -> [String] {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let line = """
      source <(apus completions bash) && COMP_WORDS=(\(quoted)) && \
      COMP_CWORD=\(words.count - 1) && _apus && printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try await RunApus.shell(line, shell: "/bin/bash", in: folder)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test(
    .enabled(if: has("bash")),
    arguments: [
      (["apus", "comp"], ["completions"]),
      (["apus", "--v"], ["--version"]),
      (["apus", "completions", ""], ["bash", "zsh", "fish"]),
      (["apus", "completions", "f"], ["fish"]),
      (["apus", "completions", "--fo"], ["--force"]),
      (["apus", "completions", "bash", "-o", "my"], ["my file.bash"]),
      (["apus", "completions", "--output", "=", "my"], ["my file.bash"]),
      (["apus", "completions", "--output", "="], ["my file.bash"]),
      (["apus", "help", "comp"], ["completions"]),
      (["apus", "book", "wh"], ["what-if"]),
      (["apus", "help", "book", "wh"], ["what-if"]),
      (["apus", "help", "challenge", ""], ["generate", "check", "score", "board"]),
      (
        ["apus", "book", "value", "--by", ""],
        ["firm", "advisor", "client", "portfolio", "sector", "currency"]
      ),
      (["apus", "book", "simulate", "--by", "f"], ["firm"]),
      (
        ["apus", "book", "simulate", "--market", ""],
        ["history", "bootstrap", "gaussian", "gbm", "student_t"]
      ),
      (["apus", "book", "simulate", "--policy", ""], ["hold", "rebalance", "advise"]),
      (["apus", "book", "report", "--period", ""], ["month", "year"]),
    ])
  func bashOffers(words: [String], expected: [String]) async throws {
    let folder = try ScratchFolder()
    try folder.write("", to: "my file.bash")
    #expect(try await bash(words, in: folder) == expected)
  }

  @Test(.enabled(if: has("zsh"))) func zshReadsTheScript() async throws {
    let result = try await RunApus.shell(
      "autoload -Uz compinit && compinit -u -D && source <(apus completions zsh)"
        + " && print $_comps[apus]", shell: "/usr/bin/zsh")
    #expect(result.output == "_apus\n")
    #expect(result.errors.isEmpty)
  }

  @Test(
    .enabled(if: has("fish")),
    arguments: [
      ("apus comp", ["completions"]), ("apus completions ", ["bash", "fish", "zsh"]),
      ("apus completions --fo", ["--force"]), ("apus help comp", ["completions"]),
      ("apus completions -o my", ["my file.bash"]),
    ])
  func fishOffers(line: String, expected: [String]) async throws {
    let folder = try ScratchFolder()
    try folder.write("", to: "my file.bash")
    let result = try await RunApus.shell(
      "apus completions fish | source; complete -C '\(line)'", shell: "/usr/bin/fish", in: folder)
    let offers = result.output.split(separator: "\n").map { $0.split(separator: "\t")[0] }
    #expect(offers.map(String.init).sorted() == expected)
  }

  @Test func writesAFileWhole() async throws {
    let folder = try ScratchFolder()
    let plain = try await RunApus.run(["completions", "fish"])
    let first = try await RunApus.run(["completions", "fish", "-o", "a b.fish"], in: folder)
    #expect(first.status == 0 && first.output.isEmpty)
    #expect(first.errors == "wrote a b.fish; a new fish will complete apus\n")
    #expect(try folder.read("a b.fish") == plain.output)
    #expect(try folder.names() == ["a b.fish"])
  }

  @Test func anExistingFileNeedsForce() async throws {
    let folder = try ScratchFolder()
    try folder.write("mine", to: "a.fish")
    let words = ["completions", "fish", "--quiet", "-o", "a.fish"]
    let refused = try await RunApus.run(words, in: folder)
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("error: --output: a.fish exists."))
    #expect(try folder.read("a.fish") == "mine")
    let forced = try await RunApus.run(words + ["--force"], in: folder)
    #expect(forced.status == 0 && forced.errors.isEmpty)
    #expect(try folder.read("a.fish").hasPrefix("# fish completions"))
  }

  @Test func aLinkIsKeptAndItsFileReplaced() async throws {
    let folder = try ScratchFolder()
    try folder.write("mine", to: "real")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "real")
    let result = try await RunApus.run(["completions", "zsh", "-o", "link", "--force"], in: folder)
    #expect(result.status == 0)
    #expect(try folder.read("real").hasPrefix("#compdef"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "real")
  }

  @Test(arguments: [
    ("no/such/folder/x", "the folder no/such/folder does not exist"), ("/", "name a file"),
  ])
  func aBadPathIsThree(path: String, next: String) async throws {
    let result = try await RunApus.run(["completions", "bash", "-o", path])
    #expect(result.status == 3)
    #expect(result.errors.contains(next), "\(result.errors)")
  }

  @Test func aDeviceIsWrittenInPlace() async throws {
    let result = try await RunApus.run(["completions", "bash", "-o", "/dev/null"])
    #expect(result.status == 0)
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
    let full = try await RunApus.run(["completions", "bash", "-o", "/dev/full"])
    #expect(full.status == 3)
    #expect(full.errors.contains("free some space"))
  }
}

import Arguments
import TestSupport
import Testing

@Suite struct HelpTests {
  @Test func program() throws {
    #expect(try Golden.difference(Sample.program.help(), from: "program.txt") == nil)
  }

  @Test(arguments: ["sweep", "rank", "book", "book value", "help"]) func verbs(verb: String) throws
  {
    let text = try Sample.program.help(for: verb)
    #expect(try Golden.difference(text, from: "\(verb.replacing(" ", with: "-")).txt") == nil)
  }

  @Test(arguments: [0, 80, 91, 100, 500]) func linesFit(width: Int) throws {
    let limit = min(max(width, 80), 100)
    let pages = try [
      Sample.program.help(width: width), Sample.program.help(for: "sweep", width: width),
    ]
    for line in pages.flatMap({ $0.split(separator: "\n") }) { #expect(line.count <= limit) }
  }

  @Test func hiddenThingsAreNotShown() throws {
    #expect(!Sample.program.help().contains("internals"))
    #expect(try !Sample.program.help(for: "sweep").contains("secret"))
    for shell in Shell.allCases {
      let script = Sample.program.completions(for: shell)
      #expect(!script.contains("internals") && !script.contains("secret"))
    }
  }

  @Test(arguments: Shell.allCases) func completions(shell: Shell) throws {
    let text = Sample.program.completions(for: shell)
    #expect(try Golden.difference(text, from: "completions.\(shell.rawValue)") == nil)
  }
}

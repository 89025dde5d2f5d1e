import Arguments
import Testing

/// Verbs of two words.
@Suite struct FamilyTests {
  private let program = Sample.program

  @Test("both words name the verb, and what follows is its own")
  func resolves() throws {
    guard
      case .run("book value", let parsed) = try program.parse(
        ["book", "value", "b.h5", "--at", "2017-06-30"])
    else { throw Sample.NotARun() }
    #expect(parsed.positional("BOOK") == "b.h5")
    #expect(parsed.optionalString("at") == "2017-06-30")
  }

  @Test("a first word alone is told its second words")
  func needsAction() {
    #expect(
      throws: ArgumentsError.noAction(family: "book", actions: ["value", "check"], program: "apus")
    ) { try program.parse(["book"]) }
    #expect(
      throws: ArgumentsError.noAction(family: "book", actions: ["value", "check"], program: "apus")
    ) { try program.parse(["book", "--json"]) }
  }

  @Test("a second word that is none is told the nearest")
  func unknownAction() {
    #expect(
      throws: ArgumentsError.unknownAction(
        "vaule", family: "book", nearest: "value", program: "apus")
    ) { try program.parse(["book", "vaule"]) }
  }

  @Test(
    "help is of the family or of the verb",
    arguments: [
      (["book", "--help"], "book"), (["help", "book"], "book"),
      (["book", "value", "-h"], "book value"), (["help", "book", "value"], "book value"),
      (["book", "value", "b.h5", "--help"], "book value"),
    ])
  func help(words: [String], verb: String) throws {
    #expect(try program.parse(words) == .help(verb: verb))
  }

  @Test("the list of verbs has the family on one line, its page all its verbs")
  func pages() throws {
    #expect(program.help().contains("  book …"))
    #expect(!program.help().contains("book value  "))
    #expect(try program.help(for: "book").contains("  check         Whether portfolios keep"))
  }
}

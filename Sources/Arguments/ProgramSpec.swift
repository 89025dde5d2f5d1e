import Kernels

/// Verbs of two words that share the first: `book value`, `book check`.
public struct CommandFamily: Sendable, Equatable {
  /// The first word.
  public let name: String
  /// Heading under which the list of verbs shows the family.
  public let group: String
  /// One line for the list of verbs, without a full stop.
  public let summary: String
  /// Further paragraphs for the family's own help.
  public let discussion: [String]
  /// Command lines that work; help opens with them.
  public let examples: [Example]

  /// A family.
  public init(
    _ name: String, group: String, summary: String, discussion: [String] = [], examples: [Example]
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.discussion = discussion
    self.examples = examples
  }
}

/// The whole command line: every verb, with what is said of the program itself.
public struct ProgramSpec: Sendable {
  /// Name of the executable.
  public let name: String
  /// Version as printed by `--version`.
  public let version: String
  /// What the program is for, in one sentence.
  public let summary: String
  /// Command lines that open the top-level help.
  public let examples: [Example]
  /// Verbs in the order of help; `help` is the last.
  public let commands: [CommandSpec]
  /// Families of verbs of two words.
  public let families: [CommandFamily]

  /// A program, to whose verbs `help` is added.
  ///
  /// - Precondition: no verb is declared twice, and each verb of two words has its family.
  public init(
    name: String, version: String, summary: String, examples: [Example], commands: [CommandSpec],
    families: [CommandFamily] = []
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.examples = examples
    self.families = families
    self.commands = commands + [Self.help(program: name, commands, families)]
    let names = self.commands.map(\.name) + families.map(\.name)
    precondition(Set(names).count == names.count, "a verb is declared twice")
    precondition(
      commands.allSatisfy { command in
        command.family.map { first in families.contains { $0.name == first } } ?? true
      }, "a verb of two words without a family")
  }

  private static func help(
    program: String, _ commands: [CommandSpec], _ families: [CommandFamily]
  ) -> CommandSpec {
    let names = commands.filter { !$0.isHidden && $0.family == nil }.map(\.name)
    return CommandSpec(
      "help", group: "Shell", summary: "Print help, of the program or of one verb",
      examples: [
        Example("\(program) help", "Every verb by group."),
        Example(
          "\(program) help \(names.first ?? "help")", "One verb: examples, arguments, options."),
      ],
      positionals: [
        PositionalSpec(
          "VERB", help: "The verb to explain.", count: .optional,
          completion: .choices(names + families.map(\.name) + ["help"])),
        PositionalSpec(
          "ACTION", help: "The second word of a verb of two.", count: .optional),
      ], common: [])
  }

  /// The verb of that name.
  public func command(_ name: String) throws(ArgumentsError) -> CommandSpec {
    if let found = commands.first(where: { $0.name == name }) { return found }
    let names = shownVerbs + ["--version", "--help"]
    throw .unknownVerb(name, nearest: nearestName(to: name, among: names), program: self.name)
  }

  /// The family whose first word this is.
  func family(_ name: String) -> CommandFamily? { families.first { $0.name == name } }

  /// The verbs of a family that help shows.
  func members(of family: CommandFamily) -> [CommandSpec] {
    commands.filter { $0.family == family.name && !$0.isHidden }
  }

  /// First words that help shows, in its order: a family stands where its first verb is.
  var shownVerbs: [String] {
    var seen: [String] = []
    for command in commands where !command.isHidden {
      let first = command.family ?? command.name
      if !seen.contains(first) { seen.append(first) }
    }
    return seen
  }

  /// The verb that words begin with, and what follows it.
  ///
  /// - Throws: `unknownVerb`, and `noAction` for a family alone.
  func resolve(_ words: [String]) throws(ArgumentsError) -> (CommandSpec, rest: [String]) {
    guard let family = family(words[0]) else {
      return (try command(words[0]), Array(words.dropFirst()))
    }
    let actions = members(of: family).compactMap(\.action)
    guard words.count > 1, !words[1].hasPrefix("-") else {
      throw .noAction(family: family.name, actions: actions, program: name)
    }
    guard let found = commands.first(where: { $0.name == "\(words[0]) \(words[1])" }) else {
      throw .unknownAction(
        words[1], family: family.name, nearest: nearestName(to: words[1], among: actions),
        program: name)
    }
    return (found, Array(words.dropFirst(2)))
  }
}

extension CommandSpec {
  private var space: String.Index? { name.firstIndex(of: " ") }
  /// The first word of a verb of two; nil for a verb of one.
  var family: String? { space.map { String(name[..<$0]) } }
  /// The second word of a verb of two; nil for a verb of one.
  var action: String? { space.map { String(name[name.index(after: $0)...]) } }
}

import Kernels

/// A command line worth copying, with one sentence on what it does.
public struct Example: Sendable, Equatable {
  /// The command as typed.
  public let command: String
  /// What it does.
  public let meaning: String

  /// A command and its meaning.
  public init(_ command: String, _ meaning: String) {
    self.command = command
    self.meaning = meaning
  }
}

/// One declared positional argument of a verb.
public struct PositionalSpec: Sendable, Equatable {
  /// How many words the argument takes.
  public enum Count: Sendable, Equatable {
    /// Exactly one.
    case one
    /// None or one.
    case optional
    /// One or more; only the last argument of a verb may have this.
    case oneOrMore
  }

  /// Name in help, in capitals, for example `SPEC`.
  public let name: String
  /// One sentence for help.
  public let help: String
  /// How many words the argument takes.
  public let count: Count
  /// What a shell may offer.
  public let completion: Completion

  /// A positional argument.
  public init(
    _ name: String, help: String, count: Count = .one, completion: Completion = .nothing
  ) {
    self.name = name
    self.help = help
    self.count = count
    self.completion = completion
  }

  /// The argument as usage lines show it: `SPEC`, `[VERB]` or `FILE…`.
  var usage: String {
    switch count {
    case .one: name
    case .optional: "[\(name)]"
    case .oneOrMore: "\(name)…"
    }
  }
}

/// Everything the command line knows of one verb: the parser, the help and the shell completions
/// all read it.
public struct CommandSpec: Sendable, Equatable {
  /// The verb; two words for one of a family, such as `book value`.
  public let name: String
  /// Heading under which the list of verbs shows it.
  public let group: String
  /// One line for the list of verbs, without a full stop.
  public let summary: String
  /// Further paragraphs for the verb's own help.
  public let discussion: [String]
  /// Command lines that work; help opens with them.
  public let examples: [Example]
  /// Positional arguments in order.
  public let positionals: [PositionalSpec]
  /// The verb's own options, then those it shares with other verbs.
  public let options: [OptionSpec]
  /// How many of `options` are the verb's own.
  let ownOptionCount: Int
  /// Whether help and completion leave the verb out.
  public let isHidden: Bool

  /// A verb.
  ///
  /// - Parameters:
  ///   - options: the verb's own options.
  ///   - common: the shared options that the verb honours; an option it would ignore is left out.
  ///     `--help` and `--no-color` are added to every verb.
  /// - Precondition: option names and short letters are distinct, required arguments come before
  ///   optional ones, and only the last argument repeats.
  public init(
    _ name: String, group: String, summary: String, discussion: [String] = [],
    examples: [Example], positionals: [PositionalSpec] = [], options: [OptionSpec] = [],
    common: [OptionSpec] = CommonOptions.working, isHidden: Bool = false
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.discussion = discussion
    self.examples = examples
    self.positionals = positionals
    self.options = options + common + CommonOptions.everywhere
    self.isHidden = isHidden
    ownOptionCount = options.count
    let names = self.options.map(\.name)
    precondition(Set(names).count == names.count, "\(name): an option is declared twice")
    let letters = self.options.compactMap(\.short)
    precondition(Set(letters).count == letters.count, "\(name): a short letter is declared twice")
    let counts = positionals.map(\.count)
    precondition(
      counts.dropLast().allSatisfy { $0 != .oneOrMore }
        && zip(counts, counts.dropFirst()).allSatisfy { $0 == .one || $1 == .optional },
      "\(name): required arguments come first, and only the last repeats")
  }

  /// The declared option of that name.
  func option(_ name: String) -> OptionSpec? { options.first { $0.name == name } }
}

/// What a shell may offer in place of a value.
public enum Completion: Sendable, Equatable {
  /// Nothing is known of the value.
  case nothing
  /// A file or folder.
  case files
  /// One of a fixed list; the parser refuses any other value.
  case choices([String])
  /// Words that mean something, among other values that the verb itself looks at: names of labels, numbers.
  case words([String])

  /// What a shell offers; empty where it knows nothing.
  public var choices: [String] {
    switch self {
    case .choices(let list), .words(let list): list
    case .nothing, .files: []
    }
  }
}

/// One declared option of a verb: a flag (`--json`) or a named value (`--by sharpe`).
public struct OptionSpec: Sendable, Equatable {
  /// Name without dashes, in kebab-case.
  public let name: String
  /// One letter after a single dash, for the daily few.
  public let short: Character?
  /// What the value is called in help, for example `METRIC`; `nil` for a flag.
  public let valueName: String?
  /// One sentence for help.
  public let help: String
  /// The value taken when the option is absent, as the user would write it.
  public let defaultValue: String?
  /// Whether the option may be given several times.
  public let isRepeatable: Bool
  /// Whether leaving the option out is an error.
  public let isRequired: Bool
  /// Whether help and completion leave the option out.
  public let isHidden: Bool
  /// What a shell may offer as value.
  public let completion: Completion

  /// Whether the option takes no value.
  public var isFlag: Bool { valueName == nil }

  /// A flag: absent is false.
  public static func flag(
    _ name: String, short: Character? = nil, help: String, isHidden: Bool = false
  ) -> OptionSpec {
    OptionSpec(
      name: name, short: short, valueName: nil, help: help, defaultValue: nil,
      isRepeatable: false, isRequired: false, isHidden: isHidden, completion: .nothing)
  }

  /// An option with a value.
  ///
  /// - Precondition: a required option has no default, and a repeatable one has no default either.
  public static func value(
    _ name: String, short: Character? = nil, _ valueName: String, help: String,
    default defaultValue: String? = nil, isRepeatable: Bool = false, isRequired: Bool = false,
    isHidden: Bool = false, completion: Completion = .nothing
  ) -> OptionSpec {
    precondition(
      defaultValue == nil || !(isRequired || isRepeatable),
      "--\(name): a default goes with neither required nor repeatable")
    return OptionSpec(
      name: name, short: short, valueName: valueName, help: help, defaultValue: defaultValue,
      isRepeatable: isRepeatable, isRequired: isRequired, isHidden: isHidden,
      completion: completion)
  }
}

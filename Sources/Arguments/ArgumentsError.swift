import Kernels

/// A command line that can't be obeyed: which word, why, and what to do next.
public enum ArgumentsError: Error, Sendable, Equatable {
  /// No verb was given.
  case noVerb(program: String)
  /// No verb of that name.
  case unknownVerb(String, nearest: String?, program: String)
  /// A family's first word without a second.
  case noAction(family: String, actions: [String], program: String)
  /// A second word that a family lacks.
  case unknownAction(String, family: String, nearest: String?, program: String)
  /// No option of that name; `verb` is `nil` before the verb.
  case unknownOption(String, nearest: String?, verb: String?, program: String)
  /// An option without the value it needs.
  case missingValue(option: String, valueName: String, verb: String, program: String)
  /// A flag that was given a value.
  case flagWithValue(option: String, value: String)
  /// A second value for an option that takes one.
  case repeatedOption(option: String, first: String, second: String)
  /// A required option that is absent.
  case missingOption(option: String, valueName: String, verb: String, program: String)
  /// One word more than the verb takes.
  case unexpectedArgument(String, verb: String, program: String)
  /// A positional argument that is absent.
  case missingArgument(name: String, help: String, verb: String, program: String)
  /// A value that doesn't fit; `name` is `--by` for an option and `SPEC` for an argument.
  case badValue(name: String, value: String, reason: BadValue)

  /// Why a value doesn't fit.
  public enum BadValue: Sendable, Equatable {
    /// Not a whole number.
    case notInteger
    /// Not a finite number.
    case notNumber
    /// A number outside the bounds, which are printed as given.
    case outOfRange(lowest: String, highest: String)
    /// Not one of a list.
    case notOneOf([String], nearest: String?)
    /// Not `key=value`.
    case notKeyValue
    /// The same key twice in `key=value` options.
    case repeatedKey(String)
    /// Nothing where something is needed.
    case empty
    /// Anything else: what is wrong, and what to do next.
    case other(String, next: String)
  }

  /// A value that names nothing known, with the nearest name that does and how to see them all.
  ///
  /// The error of a verb that looks a value up in a catalogue, for example a metric's name.
  public static func unknownName(
    _ value: String, kind: String, option name: String, among names: [String], seeAll: String
  ) -> ArgumentsError {
    let hint = didYouMean(nearestName(to: value, among: names))
    return .badValue(
      name: name, value: value,
      reason: .other("no \(kind) '\(value)'.\(hint)", next: "see all of them: \(seeAll)"))
  }
}

extension ArgumentsError: CustomStringConvertible {
  /// What happened and where; on a second, indented line what to do next.
  public var description: String {
    switch self {
    case .noVerb(let program):
      "no verb given.\n  see all of them: \(program) --help"
    case .unknownVerb(let verb, let nearest, let program):
      "no verb '\(verb)'.\(didYouMean(nearest))\n  see all of them: \(program) --help"
    case .noAction(let family, let actions, let program):
      "'\(family)' needs a second word: \(actions.joined(separator: ", ")).\n"
        + "  what they do: \(program) help \(family)"
    case .unknownAction(let action, let family, let nearest, let program):
      "no verb '\(family) \(action)'.\(didYouMean(nearest.map { "\(family) \($0)" }))\n"
        + "  see all of them: \(program) help \(family)"
    case .unknownOption(let option, let nearest, let verb?, let program):
      "\(option): '\(verb)' has no such option.\(didYouMean(nearest))\n"
        + "  see all of them: \(program) help \(verb)"
    case .unknownOption(let option, let nearest, nil, let program):
      "\(option): no such option before the verb.\(didYouMean(nearest))\n"
        + "  options follow the verb: \(program) VERB \(option)"
    case .missingValue(let option, let valueName, let verb, let program):
      "\(option): a value is missing.\n  write \(option) \(valueName); a value that opens with a"
        + " dash is written \(option)=VALUE; more: \(program) help \(verb)"
    case .flagWithValue(let option, let value):
      "\(option): takes no value, but '\(value)' was given.\n  write \(option) alone"
    case .repeatedOption(let option, let first, let second):
      "\(option): given twice, '\(first)' and '\(second)'.\n  keep one of them"
    case .missingOption(let option, let valueName, let verb, let program):
      "\(option): is needed by '\(verb)' and absent.\n"
        + "  add \(option) \(valueName); more: \(program) help \(verb)"
    case .unexpectedArgument(let word, let verb, let program):
      "'\(word)': one word more than '\(verb)' takes.\n"
        + "  quote a value that holds spaces; more: \(program) help \(verb)"
    case .missingArgument(let name, let help, let verb, let program):
      "\(name): is missing. \(help)\n  examples: \(program) help \(verb)"
    case .badValue(let name, let value, let reason):
      "\(name): \(reason.sentence(value))"
    }
  }
}

extension ArgumentsError.BadValue {
  func sentence(_ value: String) -> String {
    switch self {
    case .notInteger:
      "'\(value)' is not a whole number.\n  write digits only, for example 8"
    case .notNumber:
      "'\(value)' is not a number.\n  write it like 0.05, -3 or 1e6"
    case .outOfRange(let lowest, let highest):
      "\(value) is out of range.\n  give a number from \(lowest) to \(highest)"
    case .notOneOf(let list, let nearest):
      "'\(value)' is not known.\(didYouMean(nearest))\n"
        + "  one of: \(list.joined(separator: ", "))"
    case .notKeyValue:
      "'\(value)' is not key=value.\n  write it like fast=20"
    case .repeatedKey(let key):
      "'\(value)' sets '\(key)' again.\n  keep one value for each key"
    case .empty:
      "the value is empty.\n  give a value, or leave the option out"
    case .other(let problem, let next):
      "\(problem)\n  \(next)"
    }
  }
}

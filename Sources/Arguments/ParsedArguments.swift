/// A file named on the command line.
public enum PathArgument: Sendable, Equatable {
  /// `-`: standard input where read, standard output where written.
  case standardStream
  /// A path as written.
  case file(String)
}

/// One `key=value` of a repeated option.
public struct KeyValue: Sendable, Equatable {
  /// What stands before the first `=`; never empty.
  public let key: String
  /// What stands after it; may be empty.
  public let value: String

  /// A key and its value.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// The words of one command line, sorted by the names that its verb declares.
///
/// Getters take declared names only; any other name traps, since it is a mistake in the verb.
/// A plain getter (`string`, `int`, …) is for options that are required or have a default, and
/// the `optional…` twin for those that may be absent.
public struct ParsedArguments: Sendable, Equatable {
  private let spec: CommandSpec
  private let values: [String: [String]]
  private let flags: Set<String>
  private let positionals: [String: [String]]

  init(
    spec: CommandSpec, values: [String: [String]], flags: Set<String>,
    positionals: [String: [String]]
  ) {
    self.spec = spec
    self.values = values
    self.flags = flags
    self.positionals = positionals
  }

  // MARK: positional arguments

  /// The words of a positional argument; empty for an optional one that is absent.
  public func positionals(_ name: String) -> [String] {
    precondition(
      spec.positionals.contains { $0.name == name }, "\(spec.name) declares no argument \(name)")
    return positionals[name] ?? []
  }

  /// The word of a positional argument that takes exactly one.
  public func positional(_ name: String) -> String {
    guard let word = positionals(name).first else {
      preconditionFailure("\(spec.name): \(name) is optional, ask for positionals(_:)")
    }
    return word
  }

  /// The file named by a positional argument that takes exactly one.
  public func positionalPath(_ name: String) -> PathArgument { Self.path(positional(name)) }

  // MARK: options

  /// Whether a flag was given; false for a shared flag that the verb doesn't take.
  public func flag(_ option: OptionSpec) -> Bool { flags.contains(option.name) }

  /// Whether a flag was given.
  public func flag(_ name: String) -> Bool {
    precondition(declared(name).isFlag, "--\(name) of \(spec.name) is no flag")
    return flags.contains(name)
  }

  /// Whether an option was written out, rather than taken from its default.
  public func isGiven(_ name: String) -> Bool {
    _ = declared(name)
    return values[name] != nil || flags.contains(name)
  }

  /// Whether the verb has an option of this name.
  public func declares(_ name: String) -> Bool { spec.option(name) != nil }

  /// Every value of an option in the order given; its default alone if absent.
  public func strings(_ name: String) -> [String] {
    let option = declared(name)
    precondition(!option.isFlag, "--\(name) of \(spec.name) is a flag")
    return values[name] ?? option.defaultValue.map { [$0] } ?? []
  }

  /// The value of an option, or its default; `nil` if it has neither.
  public func optionalString(_ name: String) -> String? { strings(name).first }

  /// The value of an option that is required or has a default.
  public func string(_ name: String) -> String { present(optionalString(name), name) }

  /// The value of an option as whole number.
  public func optionalInt(
    _ name: String, in range: ClosedRange<Int> = .min ... .max
  ) throws(ArgumentsError) -> Int? {
    guard let text = optionalString(name) else { return nil }
    guard let number = Int(text) else {
      // A whole number too large for a word is out of range rather than no number.
      let digits = text.drop { $0 == "-" || $0 == "+" }
      let isWhole = !digits.isEmpty && digits.allSatisfy { "0"..."9" ~= $0 }
      throw bad(name, text, isWhole ? Self.outOfRange(range) : .notInteger)
    }
    guard range.contains(number) else { throw bad(name, text, Self.outOfRange(range)) }
    return number
  }

  /// The value, as whole number, of an option that is required or has a default.
  public func int(
    _ name: String, in range: ClosedRange<Int> = .min ... .max
  ) throws(ArgumentsError) -> Int {
    present(try optionalInt(name, in: range), name)
  }

  /// The value of an option as finite number.
  public func optionalDouble(
    _ name: String,
    in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  ) throws(ArgumentsError) -> Double? {
    guard let text = optionalString(name) else { return nil }
    guard let number = Double(text), number.isFinite else { throw bad(name, text, .notNumber) }
    guard range.contains(number) else {
      throw bad(
        name, text,
        .outOfRange(lowest: "\(range.lowerBound)", highest: "\(range.upperBound)"))
    }
    return number
  }

  /// The value, as finite number, of an option that is required or has a default.
  public func double(
    _ name: String,
    in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  ) throws(ArgumentsError) -> Double {
    present(try optionalDouble(name, in: range), name)
  }

  /// The file named by an option.
  public func optionalPath(_ name: String) -> PathArgument? {
    optionalString(name).map(Self.path)
  }

  /// The file named by an option that is required or has a default.
  public func path(_ name: String) -> PathArgument { Self.path(string(name)) }

  /// The `key=value` pairs of a repeatable option, in the order given.
  public func keyValues(_ name: String) throws(ArgumentsError) -> [KeyValue] {
    var pairs: [KeyValue] = []
    for text in strings(name) {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw bad(name, text, .notKeyValue)
      }
      let key = String(text[..<equals])
      if pairs.contains(where: { $0.key == key }) { throw bad(name, text, .repeatedKey(key)) }
      pairs.append(KeyValue(key: key, value: String(text[text.index(after: equals)...])))
    }
    return pairs
  }

  // MARK: helpers

  private func declared(_ name: String) -> OptionSpec {
    guard let option = spec.option(name) else {
      preconditionFailure("\(spec.name) declares no option --\(name)")
    }
    return option
  }

  private func present<Value>(_ value: Value?, _ name: String) -> Value {
    guard let value else {
      preconditionFailure("--\(name) of \(spec.name) may be absent, ask for its optional twin")
    }
    return value
  }

  private func bad(
    _ name: String, _ value: String, _ reason: ArgumentsError.BadValue
  ) -> ArgumentsError {
    .badValue(name: "--" + name, value: value, reason: reason)
  }

  private static func outOfRange(_ range: ClosedRange<Int>) -> ArgumentsError.BadValue {
    .outOfRange(lowest: "\(range.lowerBound)", highest: "\(range.upperBound)")
  }

  private static func path(_ text: String) -> PathArgument {
    text == "-" ? .standardStream : .file(text)
  }
}

import Kernels

/// What a command line asks for.
public enum Invocation: Sendable, Equatable {
  /// `--version`.
  case version
  /// The top-level help, or that of a verb or a family.
  case help(verb: String?)
  /// A verb with its arguments.
  case run(verb: String, ParsedArguments)
}

extension ProgramSpec {
  /// Reads a command line, without the program's own name.
  ///
  /// A request for help wins over every mistake on the same line.
  public func parse(_ words: [String]) throws(ArgumentsError) -> Invocation {
    guard let first = words.first else { throw .noVerb(program: name) }
    switch first {
    case "--version": return .version
    case "--help", "-h": return .help(verb: nil)
    case "help": return try parseHelp(Array(words.dropFirst()))
    default: break
    }
    if first.hasPrefix("-") {
      let option = String(first.prefix { $0 != "=" })
      throw .unknownOption(
        option, nearest: nearestOption(to: option, among: ["--version", "--help"]), verb: nil,
        program: name)
    }
    let wantsHelp = words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    if wantsHelp { return try parseHelp(Array(words.prefix { !$0.hasPrefix("-") })) }
    let (spec, rest) = try resolve(words)
    var parser = Parser(spec: spec, program: name)
    return .run(verb: spec.name, try parser.parse(rest))
  }

  private func parseHelp(_ words: [String]) throws(ArgumentsError) -> Invocation {
    let words = words.filter { $0 != "--help" && $0 != "-h" }
    guard let first = words.first else { return .help(verb: nil) }
    if words.count == 1, let family = family(first) { return .help(verb: family.name) }
    return .help(verb: try resolve(words).0.name)
  }
}

/// Reads the words after a verb.
struct Parser {
  let spec: CommandSpec
  let program: String
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []
  private var loose: [String] = []

  init(spec: CommandSpec, program: String) {
    self.spec = spec
    self.program = program
  }

  mutating func parse(_ words: [String]) throws(ArgumentsError) -> ParsedArguments {
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        loose += words[index...]
        break
      }
      guard Self.looksLikeOption(word) else {
        loose.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let option = try option(written: String(parts[0]))
      let inline = parts.count == 2 ? String(parts[1]) : nil
      if option.isFlag {
        if let inline { throw .flagWithValue(option: String(parts[0]), value: inline) }
        flags.insert(option.name)
      } else if let inline {
        try take(inline, for: option)
      } else if index < words.count, !Self.looksLikeOption(words[index]), words[index] != "--" {
        try take(words[index], for: option)
        index += 1
      } else {
        throw .missingValue(
          option: String(parts[0]), valueName: option.valueName ?? "VALUE", verb: spec.name,
          program: program)
      }
    }
    let positionals = try assignPositionals()
    for option in spec.options where option.isRequired && values[option.name] == nil {
      throw .missingOption(
        option: "--" + option.name, valueName: option.valueName ?? "VALUE", verb: spec.name,
        program: program)
    }
    return ParsedArguments(spec: spec, values: values, flags: flags, positionals: positionals)
  }

  /// A dash alone is standard input or output, and a dash before a digit or a point is a number.
  static func looksLikeOption(_ word: String) -> Bool {
    guard word.first == "-", word != "--", let second = word.dropFirst().first else { return false }
    return !(second.isASCII && (second.isNumber || second == "."))
  }

  private func option(written: String) throws(ArgumentsError) -> OptionSpec {
    let found =
      if written.hasPrefix("--") {
        spec.option(String(written.dropFirst(2)))
      } else {
        spec.options.first { $0.short.map { "-\($0)" } == written }
      }
    if let found { return found }
    let names = spec.options.filter { !$0.isHidden }.map { "--" + $0.name }
    throw .unknownOption(
      written, nearest: nearestOption(to: written, among: names), verb: spec.name, program: program)
  }

  private mutating func take(_ value: String, for option: OptionSpec) throws(ArgumentsError) {
    if value.isEmpty {
      throw .badValue(name: "--" + option.name, value: value, reason: .empty)
    }
    try Self.check(value, against: option.completion, name: "--" + option.name)
    if let first = values[option.name]?.first, !option.isRepeatable {
      throw .repeatedOption(option: "--" + option.name, first: first, second: value)
    }
    values[option.name, default: []].append(value)
  }

  private func assignPositionals() throws(ArgumentsError) -> [String: [String]] {
    var result: [String: [String]] = [:]
    var rest = loose[...]
    for positional in spec.positionals {
      let taken = positional.count == .oneOrMore ? rest : rest.prefix(1)
      rest = rest.dropFirst(taken.count)
      if taken.isEmpty, positional.count != .optional {
        throw .missingArgument(
          name: positional.name, help: positional.help, verb: spec.name, program: program)
      }
      for value in taken {
        if value.isEmpty { throw .badValue(name: positional.name, value: value, reason: .empty) }
        try Self.check(value, against: positional.completion, name: positional.name)
      }
      result[positional.name] = Array(taken)
    }
    if let extra = rest.first {
      throw .unexpectedArgument(extra, verb: spec.name, program: program)
    }
    return result
  }

  private static func check(
    _ value: String, against completion: Completion, name: String
  ) throws(ArgumentsError) {
    guard case .choices(let list) = completion, !list.contains(value) else { return }
    throw .badValue(
      name: name, value: value,
      reason: .notOneOf(list, nearest: nearestName(to: value, among: list)))
  }
}

/// The option that a mistyped one most likely meant; that both have dashes brings them no nearer.
private func nearestOption(to written: String, among options: [String]) -> String? {
  let bare = written.drop { $0 == "-" }
  return nearestName(to: String(bare), among: options.map { String($0.drop { $0 == "-" }) })
    .map { "--" + $0 }
}

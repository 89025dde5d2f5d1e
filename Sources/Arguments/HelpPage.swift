/// Help text, generated from the declarations.
///
/// Two examples first, then what there is; ends in a newline.
enum HelpPage {
  /// Columns of the left column in lists of options and in the list of verbs, with the indent.
  private static let gutter = 24
  static let verbGutter = 16

  /// Help as wide as the terminal, within what reads well.
  static func clamp(_ width: Int) -> Int { min(max(width, 80), 100) }

  /// Lines of at most `width` columns, each after `indent` spaces; a longer word keeps its line.
  static func wrap(_ text: String, indent: Int, width: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if line.isEmpty {
        line = margin + word
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = margin + word
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// A name and its explanation, the latter in a column of its own.
  static func entry(
    _ name: String, _ text: String, width: Int, gutter: Int = gutter
  ) -> [String] {
    var lines = wrap(text, indent: gutter, width: width)
    let label = "  " + name
    guard label.count + 2 <= gutter, !lines.isEmpty else { return [label] + lines }
    lines[0] = label + lines[0].dropFirst(label.count)
    return lines
  }

  static func examples(_ examples: [Example], width: Int) -> [String] {
    guard !examples.isEmpty else { return [] }
    return ["Examples:"]
      + examples.flatMap { ["  " + $0.command] + wrap($0.meaning, indent: 6, width: width) }
      + [""]
  }

  static func label(_ option: OptionSpec) -> String {
    let short = option.short.map { "-\($0), " } ?? ""
    return short + "--" + option.name + (option.valueName.map { " " + $0 } ?? "")
  }

  static func explanation(_ help: String, _ completion: Completion) -> String {
    guard case .choices(let list) = completion else { return help }
    return help + " One of: " + list.joined(separator: ", ") + "."
  }

  static func entry(_ option: OptionSpec, width: Int) -> [String] {
    var text = explanation(option.help, option.completion)
    if option.isRequired { text += " Needed." }
    if option.isRepeatable { text += " May be given several times." }
    if let value = option.defaultValue { text += " Default: \(value)." }
    return entry(label(option), text, width: width)
  }
}

extension ProgramSpec {
  /// The top-level help: examples, then every verb by group.
  ///
  /// - Parameter width: columns, held between 80 and 100.
  public func help(width: Int = 80) -> String {
    let width = HelpPage.clamp(width)
    var lines = HelpPage.wrap("\(name) \(version): \(summary)", indent: 0, width: width) + [""]
    lines += HelpPage.examples(examples, width: width)
    lines += ["Usage: \(name) VERB [ARGUMENT…] [OPTION…]", ""]
    let shown = shownVerbs.compactMap { verb -> (group: String, name: String, summary: String)? in
      if let family = family(verb) { return (family.group, verb + " …", family.summary) }
      return commands.first { $0.name == verb }.map { ($0.group, verb, $0.summary) }
    }
    var groups: [String] = []
    for verb in shown where !groups.contains(verb.group) { groups.append(verb.group) }
    for group in groups {
      lines.append("\(group):")
      for verb in shown where verb.group == group {
        lines += HelpPage.entry(verb.name, verb.summary, width: width, gutter: HelpPage.verbGutter)
      }
      lines.append("")
    }
    lines.append("Options:")
    lines += HelpPage.entry(
      "-h, --help", "Print this page; after a verb, the verb's.", width: width)
    lines += HelpPage.entry("--version", "Print the version.", width: width)
    lines.append("")
    lines += HelpPage.wrap(
      "More on a verb: \(name) help VERB. Results go to standard output, talk to standard error;"
        + " '-' is standard input or output.", indent: 0, width: width)
    lines += HelpPage.wrap(
      "Exit status: 0 done; 1 done, some lanes failed (results written); 2 bad flag or spec;"
        + " 3 data or file error; 130 interrupted (what was finished is kept).",
      indent: 0, width: width)
    return lines.joined(separator: "\n") + "\n"
  }

  /// A verb's help: examples, usage, arguments, options.
  ///
  /// - Parameter width: columns, held between 80 and 100.
  public func help(for verb: String, width: Int = 80) throws(ArgumentsError) -> String {
    let width = HelpPage.clamp(width)
    if let family = family(verb) { return help(for: family, width: width) }
    let command = try command(verb)
    var lines =
      HelpPage.wrap("\(name) \(command.name): \(command.summary)", indent: 0, width: width) + [""]
    lines += HelpPage.examples(command.examples, width: width)
    let words =
      [name, command.name] + command.positionals.map(\.usage)
      + command.options.filter { $0.isRequired }.map { HelpPage.label($0) } + ["[OPTION…]"]
    lines += HelpPage.wrap("Usage: " + words.joined(separator: " "), indent: 0, width: width) + [""]
    for paragraph in command.discussion {
      lines += HelpPage.wrap(paragraph, indent: 0, width: width) + [""]
    }
    if !command.positionals.isEmpty {
      lines.append("Arguments:")
      for positional in command.positionals {
        let text = HelpPage.explanation(positional.help, positional.completion)
        lines += HelpPage.entry(positional.usage, text, width: width)
      }
      lines.append("")
    }
    let own = command.options.prefix(command.ownOptionCount).filter { !$0.isHidden }
    if !own.isEmpty {
      lines += ["Options:"] + own.flatMap { HelpPage.entry($0, width: width) } + [""]
    }
    lines.append("Shared options:")
    lines += command.options.dropFirst(command.ownOptionCount).flatMap {
      HelpPage.entry($0, width: width)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A family's help: examples, its verbs.
  private func help(for family: CommandFamily, width: Int) -> String {
    var lines =
      HelpPage.wrap("\(name) \(family.name): \(family.summary)", indent: 0, width: width) + [""]
    lines += HelpPage.examples(family.examples, width: width)
    lines += ["Usage: \(name) \(family.name) ACTION [ARGUMENT…] [OPTION…]", ""]
    for paragraph in family.discussion {
      lines += HelpPage.wrap(paragraph, indent: 0, width: width) + [""]
    }
    lines.append("Actions:")
    for member in members(of: family) {
      lines += HelpPage.entry(
        member.action ?? "", member.summary, width: width, gutter: HelpPage.verbGutter)
    }
    lines.append("")
    lines += HelpPage.wrap(
      "More on one: \(name) help \(family.name) ACTION.", indent: 0, width: width)
    return lines.joined(separator: "\n") + "\n"
  }
}

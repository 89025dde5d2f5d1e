/// A shell for which completions can be generated.
public enum Shell: String, Sendable, CaseIterable {
  /// GNU bash, 4 or later.
  case bash
  /// The Z shell.
  case zsh
  /// The friendly interactive shell.
  case fish
}

extension ProgramSpec {
  /// A script that teaches a shell the verbs, options and fixed values of this program.
  ///
  /// Hidden verbs and options are left out. Ends in a newline.
  public func completions(for shell: Shell) -> String {
    let shown = commands.filter { !$0.isHidden }
    let lines =
      switch shell {
      case .bash: bash(shown)
      case .zsh: zsh(shown)
      case .fish: fish(shown)
      }
    return lines.joined(separator: "\n") + "\n"
  }

  private func bash(_ commands: [CommandSpec]) -> [String] {
    let verbs = shownVerbs.joined(separator: " ")
    var lines = [
      "# bash completions for \(name) \(version); to load: source <(\(name) completions bash)",
      "_\(name)() {",
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
      "  local verb=${COMP_WORDS[1]} words='' files=''",
      "  COMPREPLY=()",
      "  # bash splits --option=value into three words.",
      "  if [[ $word == '=' ]]; then word=''",
      "  elif [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi",
      "  if (( COMP_CWORD == 1 )); then",
      "    mapfile -t COMPREPLY < <(compgen -W '\(verbs) --help --version' -- \"$word\")",
      "    return",
      "  fi",
    ]
    for family in families {
      let actions = members(of: family).compactMap(\.action).joined(separator: " ")
      lines += [
        "  if [[ $verb == \(family.name) ]]; then",
        "    if (( COMP_CWORD == 2 )); then",
        "      mapfile -t COMPREPLY < <(compgen -W '\(actions) --help' -- \"$word\")",
        "      return",
        "    fi",
        "    verb=\"$verb ${COMP_WORDS[2]}\"",
        "  elif [[ $verb == help && ${COMP_WORDS[2]} == \(family.name) ]] && (( COMP_CWORD == 3 )); then",
        "    mapfile -t COMPREPLY < <(compgen -W '\(actions)' -- \"$word\")",
        "    return",
        "  fi",
      ]
    }
    lines.append("  case \"$verb $before\" in")
    for command in commands {
      for option in command.shown where !option.isFlag {
        let patterns = option.spellings.map { Self.quoted("\(command.name) \($0)") }
        let action = Self.bashOffer([option.completion])
        lines.append("    \(patterns.joined(separator: "|"))) \(action) ;;")
      }
    }
    lines += ["    *)", "      case \"$verb\" in"]
    for command in commands {
      let options = command.shown.flatMap(\.spellings).joined(separator: " ")
      let offer = Self.bashOffer(command.positionals.map(\.completion))
      lines += [
        "        \(Self.pattern(command.name)))",
        "          if [[ $word == -* ]]; then words='\(options)'; else \(offer); fi ;;",
      ]
    }
    lines += [
      "      esac ;;",
      "  esac",
      "  if [[ $files ]]; then",
      "    compopt -o filenames 2>/dev/null",
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")",
      "  fi",
      "  [[ $words ]] && mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <("
        + "compgen -W \"$words\" -- \"$word\")",
      "  return 0",
      "}",
      "complete -F _\(name) \(name)",
    ]
    return lines
  }

  private static func bashOffer(_ completions: [Completion]) -> String {
    let words = completions.flatMap(\.choices).joined(separator: " ")
    return "words='\(words)'" + (completions.contains(.files) ? " files=1" : "")
  }

  private func zsh(_ commands: [CommandSpec]) -> [String] {
    var lines = [
      "#compdef \(name)",
      "# zsh completions for \(name) \(version); to install, as _\(name) in a folder of $fpath",
      "_\(name)() {",
      "  local -a verbs",
      "  verbs=(",
    ]
    for verb in shownVerbs {
      let summary = family(verb)?.summary ?? commands.first { $0.name == verb }?.summary ?? ""
      lines.append("    " + Self.quoted("\(verb):\(summary)"))
    }
    lines += [
      "  )",
      "  if (( CURRENT == 2 )); then",
      "    _describe -t verbs verb verbs",
      "    return",
      "  fi",
      "  shift words",
      "  (( CURRENT-- ))",
      "  local verb=$words[1]",
    ]
    for family in families {
      let isHelped = "$verb == help && $words[2] == \(family.name) && $CURRENT == 3"
      lines += ["  if [[ $verb == \(family.name) || (\(isHelped)) ]]; then", "    verbs=("]
      for member in members(of: family) {
        lines.append("      " + Self.quoted("\(member.action ?? ""):\(member.summary)"))
      }
      lines += [
        "    )",
        "    if [[ $verb == help || $CURRENT == 2 ]]; then",
        "      _describe -t actions action verbs",
        "      return",
        "    fi",
        "    shift words",
        "    (( CURRENT-- ))",
        "    verb=\"$verb $words[1]\"",
        "  fi",
      ]
    }
    lines.append("  case $verb in")
    for command in commands {
      lines.append("    \(Self.pattern(command.name)))")
      var arguments = command.shown.map(Self.zshArgument)
      for (index, positional) in command.positionals.enumerated() {
        let place = positional.count == .oneOrMore ? "*" : "\(index + 1)"
        let colon = positional.count == .optional ? "::" : ":"
        let action = Self.zshAction(positional.completion)
        arguments.append(Self.quoted("\(place)\(colon)\(positional.name):\(action)"))
      }
      lines.append(
        "      _arguments \\\n        " + arguments.joined(separator: " \\\n        ") + " ;;")
    }
    lines += [
      "  esac",
      "}",
      "if [[ $funcstack[1] == _\(name) ]]; then _\(name) \"$@\"; else compdef _\(name) \(name); fi",
    ]
    return lines
  }

  private static func zshArgument(_ option: OptionSpec) -> String {
    let help = "[\(zshEscaped(option.help))]"
    let value = option.valueName.map { ":\(zshEscaped($0)):\(zshAction(option.completion))" } ?? ""
    let long = "--\(option.name)" + (option.isFlag ? "" : "=")
    if let short = option.short {
      return quoted("(-\(short) --\(option.name))") + "{-\(short),\(long)}" + quoted(help + value)
    }
    return quoted((option.isRepeatable ? "*" : "") + long + help + value)
  }

  private static func zshAction(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .choices(let list), .words(let list): "(\(list.joined(separator: " ")))"
    }
  }

  private func fish(_ commands: [CommandSpec]) -> [String] {
    var lines = [
      "# fish completions for \(name) \(version); to load: \(name) completions fish | source",
      "function __\(name)_verb",
      "    set -l words (commandline -opc)",
      "    set -l last (math 1 + (count $argv))",
      "    test (count $words) -ge $last; and test \"$words[2..$last]\" = \"$argv\"",
      "end",
      "complete -c \(name) -f",
    ]
    let first = "complete -c \(name) -n 'test (count (commandline -opc)) -eq 1'"
    for verb in shownVerbs {
      let summary = family(verb)?.summary ?? commands.first { $0.name == verb }?.summary ?? ""
      lines.append("\(first) -a \(verb) -d \(Self.fishQuoted(summary))")
    }
    for family in families {
      let second =
        "complete -c \(name) -n '__\(name)_verb \(family.name); and test (count (commandline -opc)) -eq 2'"
      let helped =
        "complete -c \(name) -n '__\(name)_verb help \(family.name); and test (count (commandline -opc)) -eq 3'"
      for member in members(of: family) {
        let offer = "-a \(member.action ?? "") -d \(Self.fishQuoted(member.summary))"
        lines += ["\(second) \(offer)", "\(helped) \(offer)"]
      }
    }
    lines.append("\(first) -l version -d 'Print the version'")
    lines.append("\(first) -l help -s h -d 'Print help'")
    for command in commands {
      let start = "complete -c \(name) -n '__\(name)_verb \(command.name)'"
      for option in command.shown {
        let short = option.short.map { " -s \($0)" } ?? ""
        let value =
          switch (option.isFlag, option.completion) {
          case (true, _): ""
          case (_, .nothing): " -x"
          case (_, .files): " -r -F"
          case (_, .choices(let list)), (_, .words(let list)):
            " -x -a \(Self.fishQuoted(list.joined(separator: " ")))"
          }
        lines.append(
          "\(start) -l \(option.name)\(short)\(value) -d \(Self.fishQuoted(option.help))")
      }
      let choices = command.positionals.flatMap(\.completion.choices)
      if !choices.isEmpty {
        lines.append("\(start) -a \(Self.fishQuoted(choices.joined(separator: " ")))")
      }
      if command.positionals.contains(where: { $0.completion == .files }) {
        lines.append("\(start) -F")
      }
    }
    return lines
  }

  // MARK: quoting

  /// A verb as a pattern of `case`.
  private static func pattern(_ verb: String) -> String {
    verb.contains(" ") ? quoted(verb) : verb
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  private static func zshEscaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "[]:\\".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  private static func fishQuoted(_ text: String) -> String {
    var result = "'"
    for character in text {
      if "'\\".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result + "'"
  }
}

extension CommandSpec {
  var shown: [OptionSpec] { options.filter { !$0.isHidden } }
}

extension OptionSpec {
  /// The ways to write the option: `-o` and `--output`.
  var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + ["--" + name] }
}

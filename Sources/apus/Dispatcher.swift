import Arguments

/// Finds the verb that a command line names, runs it, and turns what it throws into an exit status.
struct Dispatcher {
  let spec: ProgramSpec
  let commands: [any Command.Type]

  /// - Parameter arguments: the program's own name, then the words.
  func run(_ arguments: [String]) -> ExitStatus {
    let words = Array(arguments.dropFirst())
    // Nothing is parsed yet, but even a parser's error must honour the wish for no colour.
    var console = Console(noColor: words.contains("--" + CommonOptions.noColor.name))
    do {
      switch try spec.parse(words) {
      case .version:
        try console.print("\(spec.name) \(spec.version)")
      case .help(nil):
        try console.write(spec.help(width: console.outputWidth))
      case .help(let verb?):
        try console.write(spec.help(for: verb, width: console.outputWidth))
      case .run(let verb, let parsed):
        console = Console(
          isQuiet: parsed.flag(CommonOptions.quiet), noColor: parsed.flag(CommonOptions.noColor))
        guard let command = commands.first(where: { $0.spec.name == verb }) else {
          preconditionFailure("no command for \(verb)")
        }
        return try command.run(parsed, console: console)
      }
      return .done
    } catch {
      let status = ExitStatus.of(error)
      console.setStatus("")
      // A reader that has seen enough, as in `apus … | head`, is no failure.
      if status != .done { console.fail("\(error)") }
      return status
    }
  }
}

import Arguments

/// `apus completions SHELL`: a script that teaches a shell this program's verbs and options.
enum CompletionsCommand: Command {
  static let spec = CommandSpec(
    "completions", group: "Shell",
    summary: "Print a script that completes verbs and options in a shell",
    discussion: [
      "In zsh, write the script as '_apus' into a folder named in $fpath and start a new shell. In"
        + " fish, write it as ~/.config/fish/completions/apus.fish."
    ],
    examples: [
      Example("source <(apus completions bash)", "Complete in this bash."),
      Example(
        "apus completions bash -o ~/.local/share/bash-completion/completions/apus",
        "Complete in every later bash."),
    ],
    positionals: [
      PositionalSpec(
        "SHELL", help: "The shell to write for.",
        completion: .choices(Shell.allCases.map(\.rawValue)))
    ],
    common: [CommonOptions.output, CommonOptions.quiet, CommonOptions.force])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    // The parser has refused any other name.
    guard let shell = Shell(rawValue: arguments.positional("SHELL")) else { return .usage }
    let output = arguments.optionalPath("output") ?? .standardStream
    try console.deliver(
      Program.spec.completions(for: shell), to: output, force: arguments.flag("force"))
    if case .file(let path) = output {
      console.talk("wrote \(path); a new \(shell.rawValue) will complete apus")
    }
    return .done
  }
}

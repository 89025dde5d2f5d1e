import Arguments
import Glibc
import Jobs

/// The verbs, in the order of help.
///
/// A new verb is a file in `Commands` and a line here.
enum Program {
  static let commands: [any Command.Type] = [
    CompletionsCommand.self
  ]

  static let spec = ProgramSpec(
    name: "apus", version: apusVersion,
    summary: "backtests, parameter sweeps and portfolio simulations, very many at a time.",
    examples: [
      Example("apus help completions", "What one verb takes."),
      Example("source <(apus completions bash)", "Complete verbs and options in this shell."),
    ],
    commands: commands.map { $0.spec })
}

StandardStreams.prepare()
Interrupts.install()
exit(Dispatcher(spec: Program.spec, commands: Program.commands).run(CommandLine.arguments).rawValue)

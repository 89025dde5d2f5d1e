import Arguments
import Glibc
import Jobs

/// The verbs, in the order of help.
///
/// A new verb is a file in `Commands` and a line here; one of two words belongs to a family.
package enum Program {
  static let commands: [any Command.Type] = [
    ImportCommand.self,
    GenerateCommand.self,
    InspectCommand.self,
    StoreCommand.self,
    ResampleCommand.self,
    CalendarCommand.self,
    BacktestCommand.self,
    SweepCommand.self,
    RankCommand.self,
    ReplayCommand.self,
    AuditCommand.self,
    RiskCommand.self,
    AllocateCommand.self,
    BookInitCommand.self,
    BookImportCommand.self,
    BookInspectCommand.self,
    BookExportCommand.self,
    BookGenerateCommand.self,
    BookValueCommand.self,
    BookAssetsCommand.self,
    BookSectorsCommand.self,
    BookStatementCommand.self,
    BookMetricsCommand.self,
    BookAssetCommand.self,
    BookReportCommand.self,
    BookCheckCommand.self,
    BookWhatIfCommand.self,
    BookAdviseCommand.self,
    BookSwitchCommand.self,
    BookSimulateCommand.self,
    ChallengeGenerateCommand.self,
    ChallengeCheckCommand.self,
    ChallengeScoreCommand.self,
    ChallengeBoardCommand.self,
    ExportCommand.self,
    FunctionsCommand.self,
    MetricsCommand.self,
    StrategiesCommand.self,
    CompletionsCommand.self,
  ]

  static let spec = ProgramSpec(
    name: "apus", version: apusVersion,
    summary: "backtests and parameter sweeps, very many at a time.",
    examples: [
      Example("apus import prices.csv.gz --store prices.h5", "CSV files into a store."),
      Example("apus sweep spec.json5", "Every parameter set of a spec, ranked."),
    ],
    commands: commands.map { $0.spec },
    families: [BookOptions.family, ChallengeOptions.family])

  /// Runs a command line and ends the process.
  package static func run() -> Never {
    StandardStreams.prepare()
    // Without the libraries' work at exit, which frees memory that goes with the process: files are closed and nothing
    // is buffered.
    _exit(Dispatcher(spec: spec, commands: commands).run(CommandLine.arguments).rawValue)
  }
}

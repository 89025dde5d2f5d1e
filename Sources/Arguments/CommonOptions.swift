/// Options that verbs share, so that one name means one thing everywhere.
public enum CommonOptions {
  /// `-o`, `--output`: where the result goes; `-` is standard output.
  public static let output = OptionSpec.value(
    "output", short: "o", "PATH", help: "Write the result here; '-' is standard output.",
    completion: .files)
  /// `--json`: the result as JSON on standard output.
  public static let json = OptionSpec.flag(
    "json", help: "Print the result as JSON on standard output.")
  /// `--quiet`: no talk and no progress bar.
  public static let quiet = OptionSpec.flag(
    "quiet", help: "Print results and errors only, no talk and no progress bar.")
  /// `--threads`: workers; absent means one for each processor.
  public static let threads = OptionSpec.value(
    "threads", "N", help: "Number of workers; one for each processor unless given.")
  /// `--force`: replace existing output.
  public static let force = OptionSpec.flag("force", help: "Replace output that exists.")
  /// `--dry-run`: the plan and its size, and no work.
  public static let dryRun = OptionSpec.flag(
    "dry-run", help: "Print what would be done and how large it is, and do nothing.")
  /// `--no-color`: as the environment's `NO_COLOR`.
  public static let noColor = OptionSpec.flag(
    "no-color", help: "Never colour, as when NO_COLOR is set.")
  /// `-h`, `--help`: the verb's help, whatever else is given.
  public static let help = OptionSpec.flag("help", short: "h", help: "Print this page.")

  /// What a verb with work to do takes.
  public static let working = [output, json, quiet, threads, force, dryRun]
  /// What a verb that only reads and reports takes.
  public static let reporting = [output, json, quiet, force]
  /// What every verb takes.
  static let everywhere = [noColor, help]
}

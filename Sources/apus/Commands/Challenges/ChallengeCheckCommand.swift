import Arguments
import Jobs

/// `apus challenge check`: whether rules and entries are valid, without a score.
enum ChallengeCheckCommand: Command {
  static let spec = CommandSpec(
    "challenge check", group: "Books",
    summary: "Say which entries a challenge would disqualify, and why",
    discussion: ChallengeOptions.forms + [
      "Exit status: 0 if all entries are valid, 1 if any would be disqualified, 2 for a mistake in the rules."
    ],
    examples: [
      Example(
        "apus challenge check datasets/challenge/rules.json5 datasets/challenge/entries",
        "A folder of entries."),
      Example("apus challenge check rules.json5 mine.csv --json", "For programs."),
    ],
    positionals: [ChallengeOptions.rules, ChallengeOptions.entries],
    options: ChallengeOptions.data,
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.threads])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let job = try ChallengeOptions.job(arguments, console)
    Interrupts.install()
    guard let findings = try job.check(isCancelled: { Interrupts.isRequested }) else {
      throw Interrupted()
    }
    if arguments.flag("json") {
      try console.write(try findings.json())
    } else if !findings.isEmpty {
      var table = Table([
        .text("participant"), .text("reason"), .text("file"), .text("what"),
      ])
      for finding in findings {
        table.add([
          .text(finding.participant), .text(finding.breach.reason.rawValue),
          .text(finding.place), .text(finding.breach.text),
        ])
      }
      try console.print(table)
    }
    let count = job.entries.participants.count
    console.talk(
      "\(job.session.spec.name): \(count) participants, \(findings.count) of them break a rule")
    return findings.isEmpty ? .done : .findings
  }
}

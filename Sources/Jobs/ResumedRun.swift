import FoundationEssentials
import Glibc
import Interchange
import Storage

/// What has to be the same for a run to be continued: everything that a lane's numbers follow from.
struct RunIdentity: Codable, Equatable {
  var specSha256: String
  var dataSha256: String
  var engineVersion: String
  var lanes: Int
  var metrics: [String]

  init(_ plan: RunPlan) {
    specSha256 = SHA256.hash(plan.spec.text)
    dataSha256 = plan.dataHash
    engineVersion = apusVersion
    lanes = plan.laneCount
    metrics = plan.metrics.map(\.name)
  }

  /// As text, the same for the same run.
  var json: String {
    (try? JSONDocument.line(self)) ?? ""
  }

  /// The first thing in which a journal's run differs from this one; nil if none does.
  func difference(_ header: String) -> String? {
    guard let other = try? JSONDecoder().decode(RunIdentity.self, from: Data(header.utf8)) else {
      return "format"
    }
    if other.engineVersion != engineVersion { return "version of apus (\(other.engineVersion))" }
    if other.dataSha256 != dataSha256 { return "data" }
    return other == self ? nil : "spec"
  }
}

/// Why a run can't be begun or continued: all are told before any work.
public enum ResumeError: Error, Equatable, CustomStringConvertible {
  /// An earlier run did not end, and nothing says whether it shall be continued.
  case unfinished(journal: String, lanes: Int, of: Int)
  /// What is to be continued is another run.
  case otherRun(journal: String, difference: String)
  /// The output is there and nothing is left to continue.
  case nothingLeft(output: String, journal: String, lanes: Int, of: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .unfinished(let journal, let lanes, let all):
      "\(journal) holds \(lanes) of \(all) lanes of a run that did not end. Continue it with --resume, or begin anew "
        + "with --force."
    case .otherRun(let journal, let difference):
      "\(journal) was begun with another \(difference), so it can't be continued with this one. Continue it with what it "
        + "was begun with, choose another output with -o, or begin anew with --force and without --resume."
    case .nothingLeft(let output, let journal, let lanes, let all):
      lanes == all
        ? "\(output) is complete: there is nothing to resume. Replace it with --force."
        : "\(output) holds \(lanes) of \(all) lanes, but there is no \(journal) to continue from. Begin anew with --force "
          + "and without --resume."
    }
  }
}

extension RunJob {
  /// Path of the journal beside a result while its run is under way.
  public static func journalPath(_ output: String) -> String { output + ".partial" }

  /// Throws if the output can't be written, or must not be replaced.
  ///
  /// A run that is continued may replace what it left itself.
  ///
  /// - Returns: whether existing files may be replaced.
  public func checkOutputs() throws -> Bool {
    let summary = Self.summaryPath(options.output)
    for path in [options.output, summary] {
      try checkApart(path, from: [plan.storePath] + options.inputs)
    }
    var mayReplace = options.force
    if options.resumes, !options.force, access(options.output, F_OK) == 0 {
      let found = try ResultStore.attributes(options.output)
      let identity = RunIdentity(plan)
      mayReplace =
        found.specSHA256 == identity.specSha256 && found.dataSHA256 == identity.dataSha256
        && found.engineVersion == identity.engineVersion
      let journal = Self.journalPath(options.output)
      if mayReplace, access(journal, F_OK) != 0 {
        throw ResumeError.nothingLeft(
          output: options.output, journal: journal,
          lanes: Int(clamping: found.lanesOK + found.lanesFailed), of: plan.laneCount)
      }
    }
    if !options.resumes, !options.force, !options.keepsTraces { try refuseUnfinished() }
    for path in [options.output, summary] {
      try AtomicFile.checkTarget(path, force: mayReplace)
    }
    return mayReplace
  }

  /// Throws if an earlier run of this output did not end.
  private func refuseUnfinished() throws {
    let path = Self.journalPath(options.output)
    guard let (journal, _, records) = try Journal.open(path) else { return }
    let before = FinishedLanes(plan, limit: 0, journalPath: nil, patience: .zero)
    try before.resume(journal, records)
    throw ResumeError.unfinished(journal: path, lanes: before.count, of: plan.laneCount)
  }

  /// The lanes that are finished before this run begins: those of a journal, if it is continued.
  func finishedBefore() throws -> FinishedLanes {
    let path = Self.journalPath(options.output)
    let finished = FinishedLanes(
      plan, limit: options.keepsTopOnly ? plan.spec.top : nil,
      journalPath: options.keepsTraces ? nil : path, patience: options.journalPatience)
    guard !options.keepsTraces, let (journal, header, records) = try Journal.open(path) else {
      return finished
    }
    if options.resumes {
      if let difference = RunIdentity(plan).difference(header) {
        throw ResumeError.otherRun(journal: path, difference: difference)
      }
      try finished.resume(journal, records)
    } else {
      // Begun anew by force: otherwise it was refused before.
      journal.remove()
    }
    return finished
  }
}

import Glibc

/// Why a scenario could not be measured.
public enum BenchmarkError: Error, Equatable {
  /// Two ways to compute the same thing differ, so timing them means nothing.
  case disagreement(what: String, found: String, expected: String)
  /// Something that the scenario needs isn't here.
  case unavailable(what: String, next: String)
  /// The system refused something.
  case system(call: String, path: String, code: Int32)
  /// A program that was to be timed failed.
  case childFailed(program: String, status: Int32)
  /// The user asked to stop.
  case interrupted
}

extension BenchmarkError: CustomStringConvertible {
  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .disagreement(let what, let found, let expected):
      "\(what): \(found), but the reference has \(expected); nothing was timed. "
        + "One of the two is wrong: find out which before any speed is claimed"
    case .unavailable(let what, let next):
      "\(what) is missing; \(next)"
    case .system(let call, let path, let code):
      "\(path): \(call): \(String(cString: strerror(code))). "
        + "Check that the folder exists and has room"
    case .interrupted: "interrupted; run it again for numbers"
    case .childFailed(let program, let status):
      "\(program) ended with status \(status) while it was timed. Run it by hand to see why"
    }
  }
}

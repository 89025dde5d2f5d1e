import Kernels
import Risk

/// What keeps weights from being chosen.
public enum AllocationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No weights satisfy the constraints; those that exclude each other, as the user wrote them.
  case infeasible(conflict: [String])
  /// The objective has no bound.
  case unbounded(method: String, remedy: String)
  /// A constraint that the method cannot keep.
  case unsupported(method: String, constraint: String)
  /// A setting outside its domain.
  case setting(name: String, found: String, expected: String)
  /// A solver that did not come to an end.
  case notConverged(method: String, steps: Int, gap: Double)
  /// A library that is not on this machine.
  case libraryMissing(library: String, package: String)
  /// The estimates failed.
  case risk(RiskError)

  /// What happened, and what to do next.
  public var description: String {
    switch self {
    case .infeasible(let conflict):
      "no weights satisfy all constraints; these exclude each other: "
        + conflict.joined(separator: "; ") + ". Loosen one of them"
    case .unbounded(let method, let remedy): "\(method) has no best weights; \(remedy)"
    case .unsupported(let method, let constraint):
      "\(method) can't keep \(constraint); leave it out or choose min_variance"
    case .setting(let name, let found, let expected):
      "\(name): found \(found), expected \(expected)"
    case .notConverged(let method, let steps, let gap):
      "\(method) was not solved within \(steps) steps; the gap is \(gap)"
    case .libraryMissing(let library, let package):
      "\(library) is not on this machine; on Debian: apt-get install \(package)"
    case .risk(let error): "\(error)"
    }
  }
}

extension AllocationError {
  /// Runs linear algebra, with its errors as ours.
  package static func algebra<Value>(
    _ body: () throws(LinearAlgebraError) -> Value
  ) throws(AllocationError) -> Value {
    do throws(LinearAlgebraError) { return try body() } catch { throw .risk(.algebra(error)) }
  }
}

import Kernels
import Strategies

/// What is wrong with a spec.
///
/// `path` names a key, as in `rank.by`; `line` is 0 for what stands in no line of the file.
public enum SpecError: Error, Equatable {
  /// The file can't be read.
  case unreadable(path: String, reason: String)
  /// Not JSON5.
  case syntax(line: Int, column: Int, found: String, expected: String)
  /// A key that means nothing here.
  case unknownKey(path: String, line: Int, nearest: String?, known: [String])
  /// A key that must be there.
  case missing(path: String, expected: String)
  /// A value of the wrong type or outside its range.
  case value(path: String, line: Int, found: String, expected: String)
  /// A name that is not known.
  case unknownName(
    path: String, line: Int, kind: String, name: String, nearest: String?, hint: String)
  /// Something that the format has and this version does not do.
  case unsupported(path: String, line: Int, what: String, instead: String)
  /// A strategy that cannot be understood.
  case strategy(StrategyError)
  /// A condition on parameters that cannot be understood.
  case expression(path: String, column: Int?, text: String, reason: String)
  /// No parameter set or no symbol is left.
  case nothingToRun(reason: String)
  /// More lanes than can be run.
  case tooManyLanes(found: String, limit: Int)
  /// A panel that lacks what the run needs.
  case panel(reason: String)
}

extension SpecError: CustomStringConvertible {
  /// Where, what was found, what was expected, and the nearest valid name.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .syntax(let line, let column, let found, let expected):
      "line \(line), column \(column): found \(found), expected \(expected)"
    case .unknownKey(let path, let line, let nearest, let known):
      Self.at(line) + "\(path): there is no such key."
        + didYouMean(nearest)
        + " Known here: \(known.joined(separator: ", "))"
    case .missing(let path, let expected): "\(path): is missing; expected \(expected)"
    case .value(let path, let line, let found, let expected):
      Self.at(line) + "\(path): found \(found), expected \(expected)"
    case .unknownName(let path, let line, let kind, let name, let nearest, let hint):
      Self.at(line) + "\(path): no \(kind) '\(name)'."
        + didYouMean(nearest) + "\n  \(hint)"
    case .unsupported(let path, let line, let what, let instead):
      Self.at(line) + "\(path): \(what) is not in this version. \(instead)"
    case .strategy(let error): "\(error)"
    case .expression(let path, let column, let text, let reason):
      "\(path)" + (column.map { ", column \($0)" } ?? "") + ": \(reason)\n  \(text)"
        + (column.map { "\n  " + String(repeating: " ", count: $0 - 1) + "^" } ?? "")
    case .nothingToRun(let reason): reason
    case .tooManyLanes(let found, let limit):
      "the plan has \(found) lanes; at most \(limit) can be run, or looked at by 'where'. Use fewer values or symbols"
    case .panel(let reason): reason
    }
  }

  /// The line; nothing for what stands in no file, such as a value of --set.
  private static func at(_ line: Int) -> String { line > 0 ? "line \(line), " : "" }
}

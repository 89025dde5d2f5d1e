/// Whose definitions metrics follow: our own, or those of another library where it has a metric of the same meaning.
///
/// A profile is one file: the numbers that the library's own functions give by default, quirks and all. What it doesn't
/// define stays as it is.
public struct Convention: Sendable {
  /// Name in specs and on the command line.
  public let name: String
  /// The library and its version; what it assumes.
  public let title: String
  /// Its metrics, under our names.
  public let metrics: [any Metric]

  /// Every convention, our own first.
  public static let all = [apus, quantstats, empyrical, vectorbt, backtestingPy]

  /// Our own.
  public static let apus = Convention(
    name: "apus", title: "the definitions of apus metrics", metrics: [])

  /// Names of all conventions.
  public static let names = all.map(\.name)

  /// The convention of a name; nil for an unknown one.
  public static func named(_ name: String) -> Convention? { all.first { $0.name == name } }

  /// Whether a metric follows the library.
  public func defines(_ name: String) -> Bool { metrics.contains { $0.name == name } }

  /// The metric of a name: the library's, or ours where it has none; nil for an unknown one.
  public func metric(named name: String) -> (any Metric)? {
    metrics.first { $0.name == name } ?? MetricCatalog.metric(named: name)
  }
}

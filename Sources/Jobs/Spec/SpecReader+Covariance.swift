import Kernels
import Risk

/// How a spec names a covariance estimator, wherever it does.
extension SpecReader {
  /// The estimator of a key: `"ledoit_wolf"`, `"ewma(0.97, pairwise)"`, or `{ estimator: "ewma", lambda: 0.97 }`; a given one
  /// where the key is absent.
  mutating func covariance(_ key: String = "covariance", or fallback: any CovarianceEstimator)
    throws(SpecError) -> any CovarianceEstimator
  {
    guard let json = optional(key) else { return fallback }
    switch json.value {
    case .string(let text): return try estimator(text, [:], nil, key)
    case .object:
      var inner = try SpecReader(json, path: at(key))
      let found = try inner.estimator()
      try inner.finish()
      return found
    default:
      throw wrong(
        key, json, "an estimator such as \"ledoit_wolf\", or { estimator: \"ewma\", settings }")
    }
  }

  /// The estimator that the keys `estimator`, `missing` and those of its settings tell of; the sample covariance without them.
  mutating func estimator() throws(SpecError) -> any CovarianceEstimator {
    let key = "estimator"
    let text = try string(key, "a text such as \"ledoit_wolf\"") ?? "sample"
    var settings: [String: Double] = [:]
    for setting in try entry(text, key).settings {
      settings[setting.name] = try number(setting.name, setting.expected, where: setting.accepts)
    }
    let policy = try choice(
      "missing", "a way to treat gaps", of: MissingReturns.allCases.map(\.rawValue))
    return try estimator(text, settings, policy.flatMap(MissingReturns.init), key)
  }

  private func estimator(
    _ text: String, _ settings: [String: Double], _ missing: MissingReturns?, _ key: String
  ) throws(SpecError) -> any CovarianceEstimator {
    _ = try entry(text, key)
    do throws(RiskError) {
      return try CovarianceCatalog.estimator(
        named: text, settings: settings, missing: missing ?? .complete)
    } catch {
      let words = if case .setting(_, _, let expected) = error { expected } else { "\(error)" }
      throw .value(
        path: at(key), line: line(of: key), found: "the text \"\(JSON5.excerpt(text))\"",
        expected: words)
    }
  }

  /// What is known of an estimator, whose name may have settings behind it.
  private func entry(_ text: String, _ key: String) throws(SpecError) -> CovarianceCatalog.Entry {
    let name = String(text.prefix { $0 != "(" })
    let entries = CovarianceCatalog.entries
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let names = entries.map(\.name)
    throw .unknownName(
      path: at(key), line: line(of: key), kind: "covariance estimator", name: JSON5.excerpt(name),
      nearest: nearestName(to: name, among: names),
      hint: "known: \(names.joined(separator: ", "))")
  }

  private func line(of key: String) -> Int {
    all.first { $0.key == key }?.value.place.line ?? place.line
  }
}

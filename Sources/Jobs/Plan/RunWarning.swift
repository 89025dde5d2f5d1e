import Interchange

/// Something that the reader of a result should know.
public struct RunWarning: Sendable, Equatable, Codable {
  /// How grave it is.
  public enum Severity: String, Sendable, Codable {
    /// Good to know.
    case info
    /// It may mislead.
    case warning
  }
  /// Short name, for programs.
  public var code: String
  /// How grave it is.
  public var severity: Severity
  /// One sentence.
  public var message: String
}

extension [RunWarning] {
  /// The list as the attribute of a result: JSON on one line.
  var attributeText: String { (try? JSONDocument.line(self)) ?? "[]" }
}

extension Duration {
  /// The span in seconds.
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

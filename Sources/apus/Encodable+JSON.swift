import Interchange

extension Encodable {
  /// The value as JSON with sorted keys in snake case.
  func json() throws -> String {
    try JSONDocument.text(self, snakeCase: true)
  }
}

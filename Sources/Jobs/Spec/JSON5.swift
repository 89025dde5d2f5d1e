import Kernels

/// A JSON5 value with the place where it begins.
///
/// Objects keep the order of their keys.
///
/// Foundation reads JSON5 too, but on Linux it tells neither line nor column of a mistake, takes the last of two equal
/// keys in silence, and forgets the order of keys, which is the order of parameters in a plan.
package struct JSON5: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON5])
    case object([Member])
  }

  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: JSON5
  }

  package struct Place: Equatable, Sendable {
    package var line: Int
    package var column: Int
  }

  package var value: Value
  package var place: Place

  /// What kind of value this is, as an error says it.
  var kind: String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "the number \(value.shortestText)"
    case .string(let text): "the text \"\(Self.excerpt(text))\""
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// A text as an error quotes it: on one line, and not all of a long one.
  static func excerpt(_ text: String) -> String {
    let line = text.prefix(60).map { $0.isNewline ? " " : $0 }
    return String(line) + (text.count > 60 ? "…" : "")
  }

  /// Reads a document; errors name line and column.
  package static func parse(_ text: String) throws(JSON5Error) -> JSON5 {
    var reader = JSON5Reader(text)
    return try reader.document()
  }
}

/// Why a text is not JSON5.
package struct JSON5Error: Error, Equatable {
  package var found: String
  package var expected: String
  package var place: JSON5.Place
}

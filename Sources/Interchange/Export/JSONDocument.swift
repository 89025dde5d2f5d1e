import FoundationEssentials

/// JSON of values that Foundation encodes, the same text each time: keys sorted, slashes as they are.
public enum JSONDocument {
  /// A value on lines, without a line break at the end.
  ///
  /// - Parameter snakeCase: whether names of members are Swift's and keys are made of them; so are keys of dictionaries then.
  /// - Throws: `EncodingError` for a number that is not finite.
  public static func text(_ value: some Encodable, snakeCase: Bool = false) throws -> String {
    try encoded(value, [.prettyPrinted], snakeCase: snakeCase)
  }

  /// A value on one line, such as an attribute of a file.
  ///
  /// - Throws: `EncodingError` for a number that is not finite.
  public static func line(_ value: some Encodable) throws -> String {
    try encoded(value, [], snakeCase: false)
  }

  private static func encoded(
    _ value: some Encodable, _ format: JSONEncoder.OutputFormatting, snakeCase: Bool
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format.union([.sortedKeys, .withoutEscapingSlashes])
    if snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

import FoundationEssentials

/// JSON of values that Foundation encodes, the same text each time: keys sorted, slashes as they are.
public enum JSONDocument {
  /// A value on lines, without a line break at the end.
  ///
  /// - Parameter snakeCase: whether names of members are Swift's and keys are made of them; so are keys of dictionaries then.
  /// - Throws: `EncodingError` for a number that is not finite.
  public static func text(_ value: some Encodable, snakeCase: Bool = false) throws -> String {
    String(decoding: try encoded(value, [.prettyPrinted], snakeCase: snakeCase), as: UTF8.self)
  }

  /// A value on one line, such as an attribute of a file.
  ///
  /// - Throws: `EncodingError` for a number that is not finite.
  public static func line(_ value: some Encodable) throws -> String {
    String(decoding: try encoded(value, [], snakeCase: false), as: UTF8.self)
  }

  /// The text of a value as `text` makes it, in parts: its `LongList`s are written from where they stand.
  ///
  /// - Throws: `EncodingError` for a number that is not finite.
  public static func parts(_ value: some Encodable) throws -> JSONParts {
    let lists = LongLists()
    let frame = try encoded(value, [.prettyPrinted], snakeCase: false, lists)
    return JSONParts(frame: [UInt8](frame), lists)
  }

  private static func encoded(
    _ value: some Encodable, _ format: JSONEncoder.OutputFormatting, snakeCase: Bool,
    _ lists: LongLists? = nil
  ) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format.union([.sortedKeys, .withoutEscapingSlashes])
    if snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    if let lists { encoder.userInfo[LongLists.key] = lists }
    return try encoder.encode(value)
  }
}

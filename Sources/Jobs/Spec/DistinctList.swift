/// A list of a spec whose elements differ, and of which there is one at least.
enum DistinctList {
  /// What an error expects.
  struct Words {
    /// Of an element: `a symbol in quotes`.
    var element: String
    /// In place of one that stands twice: `each symbol once`.
    var once: String
    /// In place of an empty list: `at least one value`.
    var some: String
  }

  /// The elements, as `value` reads them: what one is, and its text; nil for what is none.
  static func read<Value: Hashable>(
    _ list: [JSON5], path: String, line: Int, _ words: Words,
    value: (JSON5.Value) -> (Value, text: String)?
  ) throws(SpecError) -> [Value] {
    var values: [Value] = []
    var seen: Set<Value> = []
    for (index, element) in list.enumerated() {
      func wrong(_ found: String, _ expected: String) -> SpecError {
        .value(
          path: "\(path)[\(index)]", line: element.place.line, found: found, expected: expected)
      }
      guard let (value, text) = value(element.value) else {
        throw wrong(element.kind, words.element)
      }
      guard seen.insert(value).inserted else { throw wrong("\(text) twice", words.once) }
      values.append(value)
    }
    guard !values.isEmpty else {
      throw .value(path: path, line: line, found: "an empty list", expected: words.some)
    }
    return values
  }
}

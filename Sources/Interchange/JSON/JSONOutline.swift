/// What a JSON file looks like from afar: objects with their members, lists with their first element.
///
/// Lists of any length and the members of large objects take no memory.
indirect enum JSONOutline {
  case scalar(Range<Int>, isText: Bool)
  /// A list: where it begins, how many elements it has, and the first of them.
  case array(at: Int, count: Int, first: JSONOutline?)
  /// An object: where it begins, and its first members.
  case object(at: Int, members: [(key: String, value: JSONOutline)])

  // Members of an object that are looked at.
  private static let memberLimit = 512

  /// Reads a value; the whole of it is checked.
  static func read(_ scanner: inout JSONScanner, depth: Int = 0) throws(JSONScanner.Fault)
    -> JSONOutline
  {
    guard depth <= JSONScanner.depthLimit else {
      throw scanner.fault("brackets are nested deeper than \(JSONScanner.depthLimit) levels")
    }
    let start = scanner.at
    switch try scanner.kind() {
    case .string: return .scalar(try scanner.string(), isText: true)
    case .number, .word: return .scalar(try scanner.atom(), isText: false)
    case .array:
      scanner.open()
      var count = 0
      var first: JSONOutline?
      while try scanner.more("]", isFirst: count == 0) {
        if count == 0 {
          first = try read(&scanner, depth: depth + 1)
        } else {
          try scanner.skip(depth: depth + 1)
        }
        count += 1
      }
      return .array(at: start, count: count, first: first)
    case .object:
      scanner.open()
      var members: [(key: String, value: JSONOutline)] = []
      var isFirst = true
      while try scanner.more("}", isFirst: isFirst) {
        isFirst = false
        let key = try scanner.key()
        if members.count < memberLimit {
          members.append((key, try read(&scanner, depth: depth + 1)))
        } else {
          try scanner.skip(depth: depth + 1)
        }
      }
      return .object(at: start, members: members)
    }
  }

  var isScalar: Bool { if case .scalar = self { true } else { false } }

  /// The members, none of anything but an object.
  var members: [(key: String, value: JSONOutline)] {
    if case .object(_, let members) = self { members } else { [] }
  }

  /// The member of a key.
  subscript(_ key: String) -> JSONOutline? { members.first { $0.key == key }?.value }

  /// Elements of a list of scalars; nil for anything else.
  var scalarCount: Int? {
    guard case .array(_, let count, let first) = self, first?.isScalar ?? false else { return nil }
    return count
  }
}

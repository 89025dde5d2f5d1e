import Synchronization

/// A list of JSON values that are made one by one: of millions Foundation's encoder would take a gigabyte.
public struct LongList: Encodable, Sendable {
  private let count: Int
  private let element: @Sendable (_ index: Int, _ bytes: inout [UInt8]) -> Void

  /// A list.
  ///
  /// - Parameter element: adds the JSON of an element.
  public init(count: Int, _ element: @escaping @Sendable (Int, inout [UInt8]) -> Void) {
    self.count = count
    self.element = element
  }

  /// Leaves a mark where `JSONParts` puts the list.
  ///
  /// - Precondition: the encoder is that of `JSONDocument.parts`.
  public func encode(to encoder: any Encoder) throws {
    guard let lists = encoder.userInfo[LongLists.key] as? LongLists else {
      preconditionFailure("a long list outside of JSONDocument.parts")
    }
    var single = encoder.singleValueContainer()
    try single.encode(lists.add(self))
  }

  /// Whether an encoder takes long lists.
  public static func isTaken(by encoder: any Encoder) -> Bool {
    encoder.userInfo[LongLists.key] != nil
  }

  fileprivate func write<Failure>(
    indent: Int, _ bytes: inout [UInt8], _ write: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    func newLine(_ spaces: Int) {
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
    }
    bytes.append(UInt8(ascii: "["))
    for index in 0..<count {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(indent + 2)
      element(index, &bytes)
      if bytes.count >= JSONParts.size {
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    newLine(indent)
    bytes.append(UInt8(ascii: "]"))
  }
}

/// The long lists of a document, in the order in which they were met.
final class LongLists: Sendable {
  static let key: CodingUserInfoKey = {
    guard let key = CodingUserInfoKey(rawValue: "long lists") else {
      preconditionFailure("a key for an encoder")
    }
    return key
  }()
  /// What a mark begins with; no text from outside can know it.
  fileprivate let mark = "\u{0}long list \(UInt64.random(in: .min ... .max)) "

  fileprivate let state = Mutex<[LongList]>([])

  fileprivate func add(_ list: LongList) -> String {
    state.withLock {
      $0.append(list)
      return "\(mark)\($0.count - 1)"
    }
  }
}

/// The text of a JSON document, handed on part by part.
public struct JSONParts: Sendable {
  /// Bytes of a part, about.
  static let size = 1 << 18

  /// The document with marks in place of long lists.
  private let frame: [UInt8]
  private let lists: [LongList]
  /// What a mark begins with, as it stands in the document.
  private let mark: [UInt8]

  init(frame: [UInt8], _ lists: LongLists) {
    self.frame = frame
    self.lists = lists.state.withLock { $0 }
    mark = Array("\"\\u0000\(lists.mark.dropFirst())".utf8)
  }

  /// Writes the document, without a line break at the end.
  public func write<Failure>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var bytes: [UInt8] = []
    var place = 0
    while place < frame.count {
      guard !lists.isEmpty, frame[place] == mark[0], frame[place...].starts(with: mark) else {
        bytes.append(frame[place])
        place += 1
        continue
      }
      let number = frame[(place + mark.count)...].prefix { $0 != mark[0] }
      // Foundation does not encode in the order of the text, so that the number tells which.
      let list = lists[number.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }]
      let line = frame[..<place].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let indent = frame[line...].prefix { $0 == UInt8(ascii: " ") }.count
      try list.write(indent: indent, &bytes, write)
      place = number.endIndex + 1
    }
    try write(bytes)
  }
}

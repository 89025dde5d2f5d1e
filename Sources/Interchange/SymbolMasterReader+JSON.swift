import FoundationEssentials
import Market

extension SymbolMasterReader {
  /// Longest JSON text, in bytes: some hundred times the symbols of all markets.
  private static let limit = 1 << 28

  /// A JSON value, as far as instruments have any.
  private enum Value: Decodable {
    case text(String)
    case number(Double)
    case none
    case other

    init(from decoder: any Decoder) throws {
      guard let container = try? decoder.singleValueContainer() else {
        self = .other
        return
      }
      if container.decodeNil() {
        self = .none
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .other
      }
    }
  }

  static func readJSON(_ source: HeadSource, _ path: String) throws(ImportError)
    -> [SymbolTable.Entry]
  {
    let data = Data(try source.rest(limit: limit, path: path))
    let decoder = JSONDecoder()
    if let list = try? decoder.decode([[String: Value]].self, from: data) {
      return try entries(list.map { (nil, $0) }, path)
    }
    do {
      let objects = try decoder.decode([String: [String: Value]].self, from: data)
      let sorted = objects.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return try entries(sorted.map { ($0.key, $0.value) }, path)
    } catch let error as ImportError {
      throw error
    } catch DecodingError.dataCorrupted(let context) {
      let reason = context.debugDescription.lowercased()
      throw .badSymbolFile(
        path: path, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
    } catch {
      throw .badSymbolFile(
        path: path,
        reason: "it is neither a list of objects nor an object of objects by symbol")
    }
  }

  private static func entries(
    _ objects: [(symbol: String?, object: [String: Value])], _ path: String
  )
    throws(ImportError) -> [SymbolTable.Entry]
  {
    var entries: [SymbolTable.Entry] = []
    var items: [String: Int] = [:]
    for (index, (symbol, object)) in objects.enumerated() {
      func bad(_ key: String, _ reason: String) -> ImportError {
        .badSymbolItem(path: path, item: index + 1, key: key, reason: reason)
      }
      var cells: [String: (key: String, value: Value)] = [:]
      for (key, value) in object.sorted(by: { $0.key < $1.key }) {
        let name = ColumnName.canonical(key)
        cells[name] = cells[name] ?? (key, value)
      }
      func cell(_ meaning: String) -> (key: String, value: Value)? {
        aliases.first { $0.meaning == meaning }?.names.lazy.compactMap { cells[$0] }.first
      }
      var entry = SymbolTable.Entry(symbol: symbol ?? "")
      if symbol == nil, case (_, .text(let text))? = cell("symbol") {
        entry.symbol = text.trimmingSpaces
      }
      if entry.symbol.isEmpty { throw bad("symbol", "there is none") }
      if let earlier = items.updateValue(index + 1, forKey: entry.symbol) {
        throw bad("symbol", "\(entry.symbol) stands already in object \(earlier)")
      }
      for (meaning, target) in texts {
        guard let (key, value) = cell(meaning) else { continue }
        switch value {
        case .text(let text): entry[keyPath: target] = text.trimmingSpaces
        case .none: continue
        case .number, .other: throw bad(key, "it is not a text")
        }
      }
      for (meaning, target) in numbers {
        guard let (key, value) = cell(meaning) else { continue }
        let number: Double?
        switch value {
        case .number(let value): number = value
        case .text(let text):
          if text.trimmingSpaces.isEmpty { continue }
          number = FactsTable.number(text)
        case .none: continue
        case .other: number = nil
        }
        guard let number, number > 0 else { throw bad(key, "it is not a number above zero") }
        entry[keyPath: target] = number
      }
      entries.append(entry)
    }
    if entries.isEmpty { throw .nothingToImport(path: path) }
    return entries
  }
}

/// Bytes of another source whose beginning was looked at.
final class HeadSource: ByteSource {
  private let source: any ByteSource
  private var head: [UInt8] = []
  private var taken = 0
  private var isRead = false

  init(_ source: any ByteSource) { self.source = source }

  /// Whether the first byte that is no space opens a list or an object.
  var isJSON: Bool {
    get throws(ImportError) {
      try readHead()
      let first = head.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
      return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
    }
  }

  /// All bytes that are left.
  func rest(limit: Int, path: String) throws(ImportError) -> [UInt8] {
    var bytes: [UInt8] = []
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { room.deallocate() }
    while case let count = try read(into: room), count > 0 {
      bytes += room.prefix(count)
      guard bytes.count <= limit else {
        throw .badSymbolFile(path: path, reason: "it is longer than \(limit) bytes")
      }
    }
    // JSON has no byte order mark, but files do.
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    guard taken < head.count else { return try source.read(into: target) }
    let count = min(target.count, head.count - taken)
    target.copyBytes(from: head[taken..<taken + count])
    taken += count
    return count
  }

  private func readHead() throws(ImportError) {
    if isRead { return }
    isRead = true
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
    defer { room.deallocate() }
    let count = try source.read(into: room)
    head = Array(room.prefix(count))
  }
}

import Books
import FoundationEssentials
import Glibc
import Interchange
import Kernels
import Market
import Storage

/// What participants handed in, read and looked up, in the order of their names.
public struct ChallengeEntries: Sendable {
  /// One participant.
  public struct Participant: Sendable {
    /// What it handed in.
    public enum Kind: String, Sendable {
      /// Purchases and sales.
      case transactions
      /// Weights by time.
      case weights
      /// A spec, run by the engine.
      case strategy
    }
    /// How it trades.
    public var kind: Kind
    /// Its trades, or what is wrong with its rows; of a strategy only the name.
    public var entry: ChallengeEntry
    /// The spec of a strategy, as written.
    public var strategy: String?
    /// File that lines count in.
    public var file: String
  }

  /// In the order of their names, by bytes.
  public private(set) var participants: [Participant] = []
  /// SHA-256 of what all of them handed in, whatever the order of files and rows.
  public let sha256: String

  /// Reads files and folders.
  ///
  /// A folder has a file for each participant, or more of any form.
  ///
  /// - Throws: `ImportError`, `SpecError`, `StorageError` for a file that can't be read at all, and for a participant in several.
  public init(_ paths: [String], _ session: ChallengeSession) throws {
    var found: [Participant] = []
    for path in try paths.flatMap(Self.files) { found += try Self.read(path, session) }
    found.sort { $0.entry.participant.utf8.lexicographicallyPrecedes($1.entry.participant.utf8) }
    // Names that look the same are the same, whatever their bytes.
    var files: [String: String] = [:]
    for one in found {
      if let file = files.updateValue(one.file, forKey: one.entry.participant) {
        throw SpecError.value(
          path: "participant '\(one.entry.participant)'", line: 0,
          found: "it in \(file) and \(one.file)",
          expected: "each participant once: in one file, in one form")
      }
    }
    guard !found.isEmpty else {
      throw SpecError.nothingToRun(reason: "\(paths.joined(separator: ", ")): no entry was found")
    }
    participants = found
    var hash = SHA256()
    for participant in found { participant.update(&hash, session) }
    sha256 = hash.hexDigest()
  }

  /// A file by itself, or those of a folder by name; hidden ones are passed over.
  private static func files(_ path: String) throws -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw SpecError.unreadable(path: path, reason: "does not exist. Check the path")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let folder = path.hasSuffix("/") ? path : path + "/"
    return names.filter { !$0.hasPrefix(".") && form(of: $0) != nil }.sorted().map { folder + $0 }
  }

  private enum Form { case table, weights, spec }

  /// What a file is, by the end of its name.
  private static func form(of path: String) -> Form? {
    let name = path.lowercased()
    if name.hasSuffix(".json5") || name.hasSuffix(".json") { return .spec }
    if [".h5", ".hdf5", ".nc"].contains(where: name.hasSuffix) { return .weights }
    if [".csv", ".csv.gz", ".txt", ".tsv"].contains(where: name.hasSuffix) { return .table }
    return nil
  }

  /// Name of a file without its folder and endings.
  static func stem(_ path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    for ending in [".gz", ".csv", ".json5", ".json", ".h5", ".hdf5", ".nc", ".txt", ".tsv"]
    where name.lowercased().hasSuffix(ending) {
      name = String(name.dropLast(ending.utf8.count))
    }
    return name
  }

  private static func read(_ path: String, _ session: ChallengeSession) throws -> [Participant] {
    switch form(of: path) ?? .table {
    case .spec:
      return [
        Participant(
          kind: .strategy, entry: ChallengeEntry(participant: stem(path)),
          strategy: try SpecFile.read(path), file: path)
      ]
    case .weights: return [try stored(path, session)]
    case .table: return try table(path, session)
    }
  }
}

extension ChallengeEntries.Participant {
  /// Adds what was handed in, without lines and order of rows.
  fileprivate func update(_ hash: inout SHA256, _ session: ChallengeSession) {
    var text = "\(kind.rawValue) \(entry.participant)\n"
    for order in entry.ordersByTime {
      text +=
        "\(order.timeNs) \(order.column) \(order.units.bitPattern) \(order.price.bitPattern)\n"
    }
    for target in entry.targets.sorted(by: { $0.timeNs < $1.timeNs }) {
      text += "\(target.timeNs) \(target.columns) \(target.weights.map(\.bitPattern))\n"
    }
    for flaw in entry.flaws.map(\.text).sorted() { text += flaw + "\n" }
    if let strategy {
      text += strategy
      for path in ChallengeStrategy.files(of: strategy, in: file) {
        text += "\n" + Self.hash(ofFile: path)
      }
    }
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
  }

  private static func hash(ofFile path: String) -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else { return "" }
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.hexDigest()
  }
}

import Glibc
import HDF5
import Market

/// What stands at the root of each file of ours: its format and version.
enum Header {
  /// Opens a file of a format, or says exactly what it is instead.
  static func open(_ path: String, format: String, called title: String, supported: Int)
    throws(StorageError) -> File
  {
    try checkReadable(path)
    let file = try openLibrary(path, title)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    guard root.hasAttribute("apus_format") else {
      throw .wrongFormat(
        path: path, expected: title, found: "it is an HDF5 file of another program")
    }
    let (found, version) = try reading(path) { () throws(HDF5Error) in
      (
        try root.textAttribute("apus_format"),
        try root.numberAttribute("apus_version", of: Int64.self)
      )
    }
    guard found == format else {
      throw .wrongFormat(path: path, expected: title, found: "it says that it is a '\(found)' file")
    }
    guard version <= supported else {
      throw .schemaTooNew(path: path, found: Int(version), supported: supported)
    }
    guard version >= 1 else {
      throw .damaged(path: path, part: "@apus_version", reason: "\(version) is no version")
    }
    return file
  }

  /// Opens an HDF5 file of any program.
  static func openForeign(_ path: String, called title: String) throws(StorageError) -> File {
    try checkReadable(path)
    return try openLibrary(path, title)
  }

  /// Writes the two attributes.
  static func write(_ root: borrowing Group, format: String, version: Int) throws(HDF5Error) {
    try root.setAttribute("apus_format", format)
    try root.setAttribute("apus_version", Int64(version))
  }

  /// The time now, as `YYYY-MM-DDTHH:MM:SSZ`.
  static func now() -> String {
    Timestamp.text(nanoseconds: Int64(time(nil)) * 1_000_000_000, shortAtMidnight: false)
  }

  private static func checkReadable(_ path: String) throws(StorageError) {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR || path.utf8.contains(0) {
        throw .fileMissing(path: path)
      }
      throw .unreadable(path: path, reason: systemReason(code))
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw .unreadable(path: path, reason: "it is a folder")
    }
    // Anything else, a pipe for one, could block for ever.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is no plain file")
    }
    guard access(path, R_OK) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
  }

  private static func openLibrary(_ path: String, _ title: String) throws(StorageError) -> File {
    do { return try File.open(path) } catch {
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      var magic = [UInt8](repeating: 0, count: 8)
      let count = read(descriptor, &magic, 8)
      guard count == 8, magic == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] else {
        let found = count == 0 ? "it is empty" : "it is no HDF5 file"
        throw .wrongFormat(path: path, expected: title, found: found)
      }
      // "truncated file: eof = 96, sblock->base_addr = 0, stored_eof = 2144"
      if error.stack.contains("truncated file"),
        let needed = number(after: "stored_eof = ", error.stack),
        let found = number(after: "eof = ", error.stack)
      {
        throw .truncated(path: path, needed: needed, found: found)
      }
      throw .damaged(path: path, part: "its header", reason: error.cause)
    }
  }

  private static func number(after key: String, _ text: String) -> Int? {
    guard let match = text.firstRange(of: key) else { return nil }
    return Int(text[match.upperBound...].prefix { $0.isNumber })
  }
}

extension AttributeOwner where Self: ~Copyable {
  /// A text, or what it means that there is none.
  func text(_ name: String, or absent: String) throws(HDF5Error) -> String {
    hasAttribute(name) ? try textAttribute(name) : absent
  }
}

extension Group {
  /// Writes the row numbers 0 ..< `count` as the scale `row`, for a table without coordinates of its own.
  func writeRows(_ count: Int) throws(HDF5Error) -> Dataset {
    let rows = try write("row", (0..<count).map { Int64($0) })
    try rows.makeScale("row")
    return rows
  }

  /// Writes a column of numbers along a scale.
  func writeColumn<Value: Element>(
    _ name: String, _ values: [Value], along scale: borrowing Dataset
  ) throws(HDF5Error) {
    try write(name, values).attach(scale, dimension: 0)
  }

  /// Writes a column of texts along a scale.
  func writeColumn(
    _ name: String, _ texts: [String], along scale: borrowing Dataset
  ) throws(HDF5Error) {
    try write(name, texts).attach(scale, dimension: 0)
  }
}

/// Reads the parts of one file, and names what is missing or misshapen.
struct PartReader {
  let path: String

  /// A member that must be a group.
  func group(_ parent: borrowing Group, _ name: String) throws(StorageError) -> Group {
    guard parent.kind(of: name) == .group else { throw missing(parent, name, "group") }
    return try reading(path) { () throws(HDF5Error) in try parent.group(name) }
  }

  /// The members of one kind, in order; what can't be read or leads elsewhere is an error.
  func names(_ parent: borrowing Group, of kind: Group.MemberKind) throws(StorageError) -> [String]
  {
    let all = try reading(path) { () throws(HDF5Error) in try parent.names() }
    var names: [String] = []
    for name in all {
      switch parent.kind(of: name) {
      case .link, .damaged: throw missing(parent, name, "\(kind)")
      case kind: names.append(name)
      default: continue
      }
    }
    return names
  }

  /// A member that must be a dataset of a shape; nil stands for any extent.
  func dataset(_ parent: borrowing Group, _ name: String, _ expected: [Int?]) throws(StorageError)
    -> Dataset
  {
    guard parent.kind(of: name) == .dataset else { throw missing(parent, name, "dataset") }
    let dataset = try reading(path) { () throws(HDF5Error) in try parent.dataset(name) }
    guard dataset.shape.count == expected.count,
      zip(dataset.shape, expected).allSatisfy({ $1 == nil || $0 == $1 })
    else {
      throw .shapeMismatch(
        path: path, part: part(dataset.path), found: dataset.shape,
        expected: expected.enumerated().map { i, extent in
          extent ?? (i < dataset.shape.count ? dataset.shape[i] : 0)
        })
    }
    return dataset
  }

  /// A column of numbers; `count` nil stands for any length.
  func numbers<Value: Element>(
    _ parent: borrowing Group, _ name: String, _ count: Int?, of type: Value.Type = Value.self
  ) throws(StorageError) -> [Value] {
    let dataset = try dataset(parent, name, [count])
    return try reading(path) { () throws(HDF5Error) in try dataset.read(Value.self) }
  }

  /// A column of texts.
  func texts(_ parent: borrowing Group, _ name: String, _ count: Int?) throws(StorageError)
    -> [String]
  {
    let dataset = try dataset(parent, name, [count])
    return try reading(path) { () throws(HDF5Error) in try dataset.readStrings() }
  }

  /// A column of texts as the distinct ones, in order of appearance, and the place of each row's text among them.
  func places(_ parent: borrowing Group, _ name: String, _ count: Int?, rows: Range<Int>? = nil)
    throws(StorageError) -> (texts: [String], rows: [Int32])
  {
    let dataset = try dataset(parent, name, [count])
    return try reading(path) { () throws(HDF5Error) in
      var known = KnownTexts()
      let places = try dataset.readPlaces(rows ?? 0..<dataset.count, &known)
      return (known.texts, places)
    }
  }

  /// The path inside the file.
  func part(_ fullPath: String) -> String { String(fullPath.dropFirst(path.count + 1)) }

  private func missing(_ parent: borrowing Group, _ name: String, _ kind: String) -> StorageError {
    let folder = part(parent.path)
    let inside = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    let reason =
      switch parent.kind(of: name) {
      case .link: "it is a link to another place, which is not followed"
      case nil: "the \(kind) is missing"
      case .damaged: "it can't be read"
      default: "it is no \(kind)"
      }
    return .damaged(path: path, part: inside, reason: reason)
  }
}

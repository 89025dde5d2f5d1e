import Glibc
import Market

/// A folder of price files, one a period, that change together.
///
///     prices/
///     ├─ 2023.h5 2024.h5 …     a file a year, or 2024-01.h5 a month
///     ├─ .2024.h5.next         the file that is to take the place of 2024.h5
///     ├─ .commit               "put 2024.h5", "drop 2023.h5", …: written when all of the next files are
///     └─ .lock                 held by whoever writes
///
/// While `.commit` stands, readers take the next files in place of those that they replace: all changes are seen at once,
/// whenever the writer dies. The next writer completes them.
struct FolderStore {
  let path: String

  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  func file(_ name: String) -> String { path == "/" ? "/" + name : "\(path)/\(name)" }

  func next(_ name: String) -> String { file(".\(name).next") }
  /// Name that a member has or is to have.
  static func name(of member: String) -> String {
    let last = member.split(separator: "/").last.map(String.init) ?? ""
    return last.hasPrefix(".") ? String(last.dropFirst().dropLast(".next".count)) : last
  }

  var commit: String { file(".commit") }

  /// One file as it stands now: a file that is replaced has another number.
  struct Member: Equatable {
    let path: String
    let number: ino_t
    let size: off_t
    let modifiedNs: Int
  }

  /// The files in time order, by the order of their names.
  ///
  /// - Throws: `unreadable`.
  func members() throws(StorageError) -> [Member] {
    var paths: [String: String] = [:]
    for name in try names() where name.hasSuffix(".h5") && !name.hasPrefix(".") {
      paths[name] = file(name)
    }
    for line in changes() {
      switch line {
      case .put(let name): if access(next(name), F_OK) == 0 { paths[name] = next(name) }
      case .drop(let name): paths[name] = nil
      }
    }
    return paths.sorted { $0.key < $1.key }.map { _, path in
      var status = stat()
      let isThere = stat(path, &status) == 0
      return Member(
        path: path, number: isThere ? status.st_ino : 0, size: isThere ? status.st_size : -1,
        modifiedNs: isThere ? status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec : 0)
    }
  }

  /// Whether others' files stand in the folder, and none of a store.
  func isForeign() throws(StorageError) -> Bool {
    if try !members().isEmpty { return false }
    return try names().contains { !$0.hasPrefix(".") }
  }

  func names() throws(StorageError) -> [String] {
    guard let folder = opendir(path) else {
      throw .unreadable(path: path, reason: systemReason())
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  /// What a writer does to one file.
  enum Change {
    case put(String)
    case drop(String)
  }

  /// What a writer decided and may not have completed.
  func changes() -> [Change] {
    let descriptor = open(commit, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &bytes, bytes.count)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      // A name with a slash would lead out of the folder.
      guard words.count == 2, words[1].hasSuffix(".h5"), !words[1].hasPrefix("."),
        !words[1].contains("/")
      else { return nil }
      return words[0] == "put" ? .put(words[1]) : words[0] == "drop" ? .drop(words[1]) : nil
    }
  }
}

import Market

extension PriceStore {
  /// Holds everything in the store against everything else: shapes, axes, lifetimes, scales and hashes.
  ///
  /// - Returns: what other programs left out, and so could not be checked; empty for a store that Apus wrote.
  /// - Throws: `hashMismatch`, `damaged`, and what loading throws, for the first part that is not as it should be.
  @discardableResult
  public func verify() throws(StorageError) -> [String] {
    var notes: [String] = []
    for file in files {
      notes += try file.verify().map { files.count == 1 ? $0 : "\(file.path): \($0)" }
    }
    return notes
  }

  /// Writes all files of a store anew at another place.
  ///
  /// A folder gives a folder of the same files, all in one step.
  ///
  /// - Parameters:
  ///   - path: the file or folder.
  ///   - form: how the fields shall lie; the content and its hashes are the same.
  /// - Throws: `fileExists` unless `force`, `unwritable`.
  public func copy(
    to path: String, form: Form, force: Bool, patience: Double = defaultPatience
  ) throws(StorageError) {
    let isFolder = PriceStore.isFolder(self.path)
    if !isFolder {
      try PriceStore.write(try StoreContent(files[0]), to: path, force: force, form: form)
      return
    }
    var contents: [(name: String, content: StoreContent)] = []
    for file in files {
      contents.append((FolderStore.name(of: file.path), try StoreContent(file)))
    }
    try FolderStore(path).replace(by: contents, form: form, force: force, patience)
  }

  /// Writes what other programs left out: hashes, lifetimes, the table of symbols and the scales.
  ///
  /// This is also how a store of an earlier format becomes one of the present: what is read is written anew.
  ///
  /// - Returns: the files that were written; none if all were complete.
  public static func migrate(_ path: String, patience: Double = defaultPatience)
    throws(StorageError)
    -> [String]
  {
    try checkTarget(path)
    let lock = try StoreLock(of: path, patience: patience)
    defer { lock.release() }
    var written: [String] = []
    for file in try open(path).files where try !file.verify().isEmpty {
      var content = try StoreContent(file)
      content.merge([] as [SymbolTable.Entry])
      try write(content, to: file.path, force: true)
      written.append(file.path)
    }
    return written
  }
}

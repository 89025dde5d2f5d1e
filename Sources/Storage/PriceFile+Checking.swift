import HDF5
import Market

extension PriceFile {
  /// Compares a panel with its hash, if it has one.
  func verifyHash(_ name: String) throws(StorageError) {
    guard let info = panels.first(where: { $0.name == name }) else { return }
    try verifyHash(try load(name, fields: info.fields))
  }

  private func verifyHash(_ stored: StoredPanel) throws(StorageError) {
    let found = ContentHash.panel(stored.info, timeNs: stored.timeNs) { index, add in
      add(stored.values(index))
    }
    try compare("panels/\(stored.info.name)", stored.info.contentHash, found)
  }

  private func compare(_ part: String, _ stored: String, _ found: String) throws(StorageError) {
    guard stored.isEmpty || found == stored else {
      throw .hashMismatch(path: path, part: part, stored: stored, found: found)
    }
  }

  /// Holds everything against everything else; version, shapes and axes were held when the file was opened.
  ///
  /// - Returns: what other programs left out, so that it could not be held against anything.
  func verify() throws(StorageError) -> [String] {
    var notes: [String] = []
    for info in panels {
      let stored = try load(info.name, fields: info.fields)
      if info.contentHash.isEmpty { notes.append("panels/\(info.name) has no hash") }
      try verifyHash(stored)
      try verifyLifetimes(stored)
      let unknown = info.symbols.first { symbols.index(of: $0) == nil }
      if let unknown {
        throw .damaged(
          path: path, part: "symbols/symbol", reason: "\(unknown) of panel \(info.name) is missing")
      }
    }
    if contentHash.isEmpty { notes.append("the file has no hash") }
    // A file made by another program may have a hash of no panel, and so none of its own.
    if !panels.contains(where: { $0.contentHash.isEmpty }) {
      try compare(
        "the file", contentHash,
        ContentHash.file(symbols: symbols.entries, actions: actions, panels: panels))
    }
    let file = try PriceFile.open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let folder = try part.group(root, "panels")
    for info in panels {
      if try !verifyScales(info, try part.group(folder, info.name)) {
        notes.append("panels/\(info.name) has no dimension scales")
      }
    }
    try compare(
      "quarantine", try hash(of: "quarantine", root), ContentHash.quarantine(try quarantinedRows()))
    try compare(
      "revisions", try hash(of: "revisions", root), ContentHash.revisions(try revisions()))
    return notes
  }

  private func hash(of table: String, _ root: borrowing Group) throws(StorageError) -> String {
    if root.kind(of: table) == nil { return "" }
    let group = try part.group(root, table)
    return try reading(path) { () throws(HDF5Error) in try group.text("content_sha256", or: "") }
  }

  private func verifyLifetimes(_ stored: StoredPanel) throws(StorageError) {
    let deciding = PanelLifetimes.fields(stored.info.fields)
    var found = PanelLifetimes(stored.info.symbols.count)
    for (index, field) in stored.info.fields.enumerated() where deciding.contains(field) {
      found.add(stored.values(index))
    }
    for (index, (told, life)) in zip(stored.info.lifetimes, found.ranges).enumerated()
    where told != life {
      func text(_ life: ClosedRange<Int>?) -> String {
        life.map { "bar \($0.lowerBound) to \($0.upperBound)" } ?? "no bar"
      }
      throw .damaged(
        path: path, part: "panels/\(stored.info.name)/first",
        reason:
          "\(stored.info.symbols[index]) lives from \(text(told)), its values from \(text(life))")
    }
  }

  /// Whether all fields are measured by the two axes.
  ///
  /// - Throws: `damaged` if one is measured by anything else.
  private func verifyScales(_ info: PanelInfo, _ group: borrowing Group) throws(StorageError)
    -> Bool
  {
    var isWhole = true
    for (dimension, axis) in ["time", "symbol"].enumerated() {
      let scale = try part.dataset(group, axis, [nil])
      for field in info.fields {
        let dataset = try part.dataset(group, field, [info.barCount, info.symbols.count])
        let isAttached = try reading(path) { () throws(HDF5Error) in
          try dataset.isAttached(scale, dimension: dimension)
        }
        if isAttached == false {
          throw .damaged(
            path: path, part: "panels/\(info.name)/\(field)",
            reason: "its dimension \(dimension) is measured by something else than \(axis)")
        }
        if isAttached == nil { isWhole = false }
      }
    }
    return isWhole
  }
}

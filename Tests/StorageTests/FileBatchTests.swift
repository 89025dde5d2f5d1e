import Foundation
import Storage
import TestSupport
import Testing

/// Files of a folder that are written together.
@Suite struct FileBatchTests {
  private let scratch: ScratchFolder
  private let folder: String

  init() throws {
    scratch = try ScratchFolder()
    folder = scratch.path("out")
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  private func write(
    _ files: [String: String], _ placement: FileBatch.Placement = .fileByFile, force: Bool = true
  ) throws {
    let batch = try FileBatch(folder, placement, force: force)
    for (name, text) in files { try batch.add(Array(text.utf8), name: name) }
    try batch.commit()
  }

  @Test("nothing is there before the end, and nothing but the files after it")
  func appears() throws {
    for placement in [FileBatch.Placement.fileByFile, .wholeFolder] {
      let batch = try FileBatch(folder, placement, force: false)
      try batch.add([1, 2], name: "a")
      try batch.add(name: "b") { write throws(StorageError) in
        try write([1])
        try write([2, 3])
      }
      #expect(!FileManager.default.fileExists(atPath: folder))
      try batch.commit()
      #expect(try names(folder) == ["a", "b"] && names(scratch.path("")) == ["out"])
      #expect(try Array(Data(contentsOf: URL(filePath: folder + "/b"))) == [1, 2, 3])
      try FileManager.default.removeItem(atPath: folder)
    }
  }

  @Test("what is not committed leaves nothing, and what a dead process left is removed")
  func abandoned() throws {
    do { try FileBatch(folder, .fileByFile, force: false).add([1], name: "a") }
    #expect(try names(scratch.path("")).isEmpty)
    let staged = scratch.path(".out.staged")
    try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: false)
    try Data("half".utf8).write(to: URL(filePath: staged + "/old"))
    try write(["a": "1"])
    #expect(try names(folder) == ["a"] && names(scratch.path("")) == ["out"])
  }

  @Test("file by file: others stay, and one with the same bytes is left alone")
  func fileByFile() throws {
    try write(["a": "1", "b": "2"])
    let before = try FileManager.default.attributesOfItem(atPath: folder + "/a")[.systemFileNumber]
    let batch = try FileBatch(folder, .fileByFile, force: false) { $0 == ["a", "b"] }
    try batch.add(Array("1".utf8), name: "a")
    try batch.add(Array("3".utf8), name: "c")
    #expect(batch.counts == (1, 1))
    try batch.commit()
    #expect(try names(folder) == ["a", "b", "c"] && text("b") == "2" && text("c") == "3")
    let after = try FileManager.default.attributesOfItem(atPath: folder + "/a")[.systemFileNumber]
    #expect(before as? Int == after as? Int)
    #expect(try names(scratch.path("")) == ["out"])
  }

  @Test("a whole folder makes way for another, but not with folders in it")
  func wholeFolder() throws {
    try write(["a": "1", "b": "2"], .wholeFolder)
    try write(["b": "3"], .wholeFolder)
    #expect(try names(folder) == ["b"] && text("b") == "3" && names(scratch.path("")) == ["out"])
    try FileManager.default.createDirectory(
      atPath: folder + "/mine", withIntermediateDirectories: false)
    #expect(throws: StorageError.self) { try write(["a": "1"], .wholeFolder) }
    #expect(try names(folder) == ["b", "mine"] && names(scratch.path("")) == ["out"])
  }

  @Test("what a batch doesn't know is not lost with a folder, not even by force")
  func strangers() throws {
    try write(["a": "1", "b": "2"], .wholeFolder)
    #expect(
      throws: StorageError.unwritable(
        path: folder, reason: "it holds the file 'b', which would be lost")
    ) { try FileBatch(folder, .wholeFolder, force: true, mayLose: { $0 == "a" }) }
    #expect(try names(folder) == ["a", "b"] && names(scratch.path("")) == ["out"])
    #expect(
      throws: StorageError.unwritable(
        path: folder + "/a", reason: "it is a file, and a folder is wanted")
    ) { try FileBatch.makeFolder(folder + "/a") }
    try FileBatch.makeFolder(folder)
  }

  @Test("a folder of others, a file, and a folder that another batch writes to are refused")
  func refused() throws {
    try write(["a": "1"])
    #expect(throws: StorageError.fileExists(path: folder)) { try write(["b": "1"], force: false) }
    let first = try FileBatch(folder, .fileByFile, force: true)
    #expect(
      throws: StorageError.unwritable(path: folder, reason: "another process writes there")
    ) { try write(["b": "1"]) }
    try first.add([1], name: "c")
    try first.commit()
    #expect(try names(folder) == ["a", "c"])
    for path in [folder + "/a", "", scratch.path("none/out")] {
      #expect(throws: StorageError.self, "\(path)") {
        try FileBatch(path, .wholeFolder, force: true)
      }
    }
  }

  @Test("through a symbolic link, the folder that it names is written")
  func links() throws {
    try write(["a": "1"])
    let link = scratch.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder)
    let batch = try FileBatch(link + "/", .wholeFolder, force: true)
    try batch.add([0x32], name: "b")
    try batch.commit()
    #expect(try names(folder) == ["b"] && names(scratch.path("")) == ["link", "out"])
  }
}

import Foundation
import Storage
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("out.json")
  }

  @Test func fileIsWrittenAndKept() throws {
    try AtomicFile.write("one", to: path, force: false)
    #expect(try scratch.read("out.json") == "one")
    #expect(throws: StorageError.fileExists(path: path)) {
      try AtomicFile.write("two", to: path, force: false)
    }
    #expect(try scratch.read("out.json") == "one")
    try AtomicFile.write("three", to: path, force: true)
    #expect(try scratch.read("out.json") == "three")
    #expect(try scratch.names() == ["out.json"])
  }

  @Test func failureLeavesTheOldFileAndNothingElse() throws {
    try AtomicFile.write("old", to: path, force: false)
    let failure = StorageError.invalidContent(part: "x", reason: "y")
    #expect(throws: failure) {
      try AtomicFile.write(to: path, force: true) { temporary throws(StorageError) in
        #expect(FileManager.default.fileExists(atPath: temporary))
        try? "half".write(toFile: temporary, atomically: false, encoding: .utf8)
        throw failure
      }
    }
    #expect(try scratch.read("out.json") == "old")
    #expect(try scratch.names() == ["out.json"])
  }

  @Test("files that go together are the old ones or the new ones, whichever of them fails")
  func together() throws {
    let paths = ["a", "b", "c"].map { scratch.path($0) }
    func write(_ text: String, force: Bool, failingAt bad: Int? = nil) throws {
      try AtomicFile.write(to: paths, force: force) { place, temporary throws(StorageError) in
        try? text.write(toFile: temporary, atomically: false, encoding: .utf8)
        if place == bad { throw StorageError.invalidContent(part: "x", reason: "y") }
      }
    }
    for bad in 0..<3 {
      #expect(throws: StorageError.self) { try write("none", force: false, failingAt: bad) }
      #expect(try scratch.names().isEmpty)
    }
    try write("old", force: false)
    for bad in 0..<3 {
      #expect(throws: StorageError.self) { try write("new", force: true, failingAt: bad) }
      #expect(
        try paths.map { try String(contentsOfFile: $0, encoding: .utf8) } == ["old", "old", "old"])
    }
    #expect(throws: StorageError.fileExists(path: paths[0])) { try write("new", force: false) }
    try write("new", force: true)
    #expect(
      try paths.map { try String(contentsOfFile: $0, encoding: .utf8) } == ["new", "new", "new"])
    // One that somebody makes meanwhile stays, and those before it do not.
    for path in paths { try FileManager.default.removeItem(atPath: path) }
    #expect(throws: StorageError.fileExists(path: paths[1])) {
      try AtomicFile.write(to: paths, force: false) { place, _ throws(StorageError) in
        if place == 2 { try? "theirs".write(toFile: paths[1], atomically: false, encoding: .utf8) }
      }
    }
    #expect(try scratch.names() == ["b"] && scratch.read("b") == "theirs")
  }

  @Test func fileMadeMeanwhileIsNotLost() throws {
    #expect(throws: StorageError.fileExists(path: path)) {
      try AtomicFile.write(to: path, force: false) { _ throws(StorageError) in
        try? "theirs".write(toFile: path, atomically: false, encoding: .utf8)
      }
    }
    #expect(try scratch.read("out.json") == "theirs")
    #expect(try scratch.names() == ["out.json"])
  }

  @Test func onlyTemporaryFilesOfTheDeadAreRemoved() throws {
    // No process has a number beyond the kernel's limit of 2²².
    let dead = ".out.json.tmp-99999999-1"
    let kept = [".out.json.tmp-1-1", ".other.json.tmp-99999999-1", ".out.json.tmp-x-1"]
    for name in [dead] + kept { try scratch.write("half", to: name) }
    try AtomicFile.write("whole", to: path, force: false)
    #expect(try scratch.names() == (kept + ["out.json"]).sorted())
  }

  @Test func impossibleTargetsAreRefusedBeforeWork() throws {
    func reason(_ path: String, force: Bool = true) -> String {
      let error = #expect(throws: StorageError.self) {
        try AtomicFile.write(to: path, force: force) { _ in Issue.record("work was done") }
      }
      guard case .unwritable(_, let reason) = error else { return "\(String(describing: error))" }
      return reason
    }
    #expect(reason(scratch.url.path) == "it is a folder")
    #expect(reason(scratch.path("no/out.json")).contains("does not exist"))
    #expect(reason("/dev/null") == "it is no plain file")
    #expect(reason("") == "this is no path")
    try scratch.write("", to: "plain")
    #expect(reason(scratch.path("plain/out.json")).contains("is not a folder"))
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func readOnlyFoldersAreRefused() throws {
    chmod(scratch.url.path, 0o555)
    defer { chmod(scratch.url.path, 0o755) }
    let error = #expect(throws: StorageError.self) {
      try AtomicFile.write("x", to: path, force: false)
    }
    guard case .unwritable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func symbolicLinkKeepsPointing() throws {
    try scratch.write("old", to: "real.json")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: scratch.path("real.json"))
    try AtomicFile.write("new", to: path, force: true)
    #expect(try scratch.read("real.json") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path).hasSuffix("real.json"))
  }

  @Test func manyWritersLeaveOneWholeFile() async throws {
    let path = path
    await withTaskGroup(of: Void.self) { group in
      for i in 0..<8 {
        group.addTask {
          for _ in 0..<20 {
            let text = String(repeating: String(i), count: 10_000)
            do { try AtomicFile.write(text, to: path, force: true) } catch {
              Issue.record("\(error)")
            }
          }
        }
      }
    }
    let text = try scratch.read("out.json")
    #expect(text.count == 10_000 && Set(text).count == 1)
    #expect(try scratch.names() == ["out.json"])
  }
}

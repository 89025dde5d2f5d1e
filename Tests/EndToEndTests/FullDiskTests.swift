import Foundation
import TestSupport
import Testing

/// Disks that take no more, and folders that take nothing: the store that is there stays as it is, to the byte.
@Suite(.serialized) struct FullDiskTests {
  private static let more = "date,symbol,close\n2024-01-02,A,2\n2024-01-03,A,3\n"

  /// Commands that write a store that is there.
  private static let lines = [
    "import more.csv --store STORE --append --panel p --calendar us_equity",
    "import more.csv --store STORE --panel q", "import more.csv --store STORE --panel p --force",
    "generate --bars 50 --symbols 3 --panel r --store STORE", "store migrate STORE",
    "store pack STORE -o FOLDER/packed.h5",
  ]

  private func contents(_ folder: String, _ place: Workplace) throws -> [String: Data] {
    let path = place.folder.path(folder)
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      found[name] = (try? Data(contentsOf: URL(filePath: path).appending(path: name))) ?? Data()
    }
    return found
  }

  /// Runs every line on stores in a folder under some condition; all that write must fail, and leave everything as it was.
  private func check(
    _ folder: String, _ place: Workplace, isFullOf reason: String,
    by run: (_ line: String) async throws -> ProcessResult
  ) async throws {
    for store in ["s.h5", "s/"] {
      for line in Self.lines {
        let line = line.replacing("STORE", with: "\(folder)/\(store)")
          .replacing("FOLDER", with: folder)
        let before = try contents(folder, place)
        let result = try await run(line)
        // A complete store is left alone.
        let expected: Set<Int32> = line.contains("migrate") ? [0, 3] : [3]
        #expect(expected.contains(result.status), "\(line): \(result.errors)")
        if result.status == 3 {
          #expect(
            result.errors.hasPrefix("error: ") && result.errors.contains(reason),
            "\(line): \(result.errors)")
        }
        #expect(try contents(folder, place) == before, "\(line)")
      }
    }
  }

  private func prepare(_ place: Workplace, _ folder: String) async throws {
    try place.folder.write(Self.more, to: "more.csv")
    if folder != "." {
      try FileManager.default.createDirectory(
        atPath: place.folder.path(folder), withIntermediateDirectories: true)
    }
    for store in ["s.h5", "s/"] {
      try await place.done(
        "generate --quiet --bars 700 --symbols 20 --panel p --store \(folder)/\(store)")
    }
  }

  @Test func limitOnTheSizeOfFiles() async throws {
    let place = try Workplace()
    try await prepare(place, ".")
    // In blocks of 512 bytes or 1 KiB: less than any store needs, more than a lock.
    try await check(".", place, isFullOf: "can't be written") { line in
      try await RunApus.shell("ulimit -f 4; exec apus \(line)", in: place.folder)
    }
  }

  @Test func fullDisk() async throws {
    let place = try Workplace()
    let disk = place.folder.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    let mounted = try await RunApus.shell(
      "/bin/mount -t tmpfs -o size=4m tmpfs '\(disk)'", in: place.folder)
    guard mounted.status == 0 else {
      print("no disk can be mounted here, so none was filled: \(mounted.errors)")
      return
    }
    defer { _ = umount(disk) }
    try await prepare(place, "disk")
    // Fill it up to the last block.
    _ = try await RunApus.shell("cat /dev/zero > disk/filler", in: place.folder)
    try await check("disk", place, isFullOf: "No space left on device") { line in
      try await place.apus(line)
    }
    try FileManager.default.removeItem(atPath: disk + "/filler")
    for line in Self.lines.prefix(2) {
      try await place.done(line.replacing("STORE", with: "disk/s.h5"))
    }
  }

  @Test func readOnlyFolder() async throws {
    let place = try Workplace()
    try await prepare(place, "kept")
    var prefix = ""
    if geteuid() == 0 {
      // Root may write everywhere: be nobody, if nobody may run what was built and read the files here.
      prefix = "/usr/bin/setpriv --reuid=65534 --clear-groups "
      _ = try await RunApus.shell("chmod -R a+rX .", in: place.folder)
      let tried = try await RunApus.shell(
        prefix + "'\(RunApus.executable.path)' inspect kept/s.h5", in: place.folder)
      guard tried.status == 0 else {
        print("root may write everywhere and can't become another user here: \(tried.errors)")
        return
      }
    }
    for name in ["kept/s", "kept"] { chmod(place.folder.path(name), 0o555) }
    defer { for name in ["kept/s", "kept"] { chmod(place.folder.path(name), 0o755) } }
    try await check("kept", place, isFullOf: "Permission denied") { line in
      try await RunApus.shell(prefix + "'\(RunApus.executable.path)' \(line)", in: place.folder)
    }
  }
}

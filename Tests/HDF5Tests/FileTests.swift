import Glibc
import HDF5
import TestSupport
import Testing

// One suite, one test at a time: the count of open objects is one for the whole process.
@Suite(.serialized) struct FileTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  @Test func numbersComeBack() throws {
    let path = scratch.path("numbers.h5")
    let doubles = [1.5, -.infinity, .nan, 0, -0.0, .leastNonzeroMagnitude]
    do {
      let file = try File.create(path)
      let root = try file.root()
      let group = try root.createGroup("a")
      try group.write("double", doubles)
      try group.write("int64", [Int64.min, 0, .max])
      try group.write("int32", [Int32.min, 0, .max])
      try group.write("int8", [Int8.min, 0, .max])
      try group.write("float", [Float(0.1)])
      try group.write("nothing", [Double]())
      let matrix = try group.createDataset("matrix", of: Double.self, shape: [2, 3])
      try matrix.write([1, 2, 3, 4, 5, 6] as [Double])
      try file.close()
    }
    do {
      let file = try File.open(path)
      let root = try file.root()
      let group = try root.group("a")
      #expect(
        try group.dataset("double").read(Double.self).map(\.bitPattern)
          == doubles.map(\.bitPattern))
      #expect(try group.dataset("int64").read() == [Int64.min, 0, .max])
      #expect(try group.dataset("int32").read() == [Int32.min, 0, .max])
      #expect(try group.dataset("int8").read() == [Int8.min, 0, .max])
      #expect(try group.dataset("float").read() == [Float(0.1)])
      #expect(try group.dataset("nothing").read() == [Double]())
      #expect(try group.dataset("matrix").shape == [2, 3])
      #expect(try group.dataset("int8").read(Double.self) == [-128, 0, 127])
      #expect(
        try group.names()
          == ["double", "int64", "int32", "int8", "float", "nothing", "matrix"])
      #expect(group.kind(of: "matrix") == .dataset)
      #expect(root.kind(of: "a") == .group)
      #expect(root.kind(of: "b") == nil)
    }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  @Test func textsComeBack() throws {
    let path = scratch.path("texts.h5")
    let texts = ["", "BRK.B", "Ünïcode 雨燕", String(repeating: "x", count: 100_000), "", "e\u{301}"]
    let many = (0..<5000).map { "row \($0 % 71)" }
    do {
      let file = try File.create(path)
      let root = try file.root()
      try root.write("texts", texts)
      try root.write("many", many)
      try root.write("none", [String]())
      try root.write("zero", ["a\0b"])
      _ = try root.createTextDataset("unwritten", shape: [3])
      try file.close()
    }
    do {
      let file = try File.open(path)
      let root = try file.root()
      #expect(try root.dataset("texts").readStrings() == texts)
      #expect(try root.dataset("many").readStrings() == many)
      #expect(try root.dataset("none").readStrings() == [])
      #expect(try root.dataset("zero").readStrings() == ["a\u{FFFD}b"])
      #expect(try root.dataset("unwritten").readStrings() == ["", "", ""])
      #expect(try root.dataset("texts").holdsText)
    }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  @Test func rangesOfRowsAreWritten() throws {
    let path = scratch.path("ranges.h5")
    do {
      let file = try File.create(path)
      let root = try file.root()
      let numbers = try root.createDataset("numbers", of: Int64.self, shape: [5])
      try numbers.write([3, 4] as [Int64], at: 3)
      try numbers.write([0, 1, 2] as [Int64], at: 0)
      try numbers.write([Int64](), at: 5)
      let texts = try root.createTextDataset("texts", shape: [3])
      try texts.write(["c"], at: 2)
      try texts.write(["a"], at: 0)
      try file.close()
    }
    let file = try File.open(path)
    let root = try file.root()
    #expect(try root.dataset("numbers").read() == [Int64](0..<5))
    #expect(try root.dataset("texts").readStrings() == ["a", "", "c"])
  }

  @Test func attributesComeBackHoweverLong() throws {
    let path = scratch.path("attributes.h5")
    let long = String(repeating: "{spec} ", count: 30_000)
    let list = (0..<20_000).map(Double.init)
    do {
      let file = try File.create(path)
      let root = try file.root()
      try root.setAttribute("long", long)
      try root.setAttribute("empty", "")
      try root.setAttribute("one", "x")
      try root.setAttribute("count", Int64.max)
      try root.setAttribute("seconds", 0.25)
      try root.setAttribute("list", list)
      try root.setAttribute("floats", [Float(1), 2])
      for i in 0..<20 { try root.setAttribute("more\(i)", Int64(i)) }
      try file.close()
    }
    do {
      let file = try File.open(path)
      let root = try file.root()
      #expect(try root.textAttribute("long") == long)
      #expect(try root.textAttribute("empty") == "")
      #expect(try root.textAttribute("one") == "x")
      #expect(try root.numberAttribute("count", of: Int64.self) == .max)
      #expect(try root.numberAttribute("seconds", of: Double.self) == 0.25)
      #expect(try root.attribute("list", of: Double.self) == list)
      #expect(try root.attribute("floats", of: Float.self) == [1, 2])
      #expect(try root.numberAttribute("more19", of: Int64.self) == 19)
      #expect(root.hasAttribute("one") && !root.hasAttribute("two"))
      #expect(try root.attributeNames().count == 27)
    }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  @Test func largeDatasetsStartOnPagesAndHoldPlainNumbers() throws {
    let path = scratch.path("layout.h5")
    let values = (0..<4096).map { Double($0) * 0.5 }
    do {
      let file = try File.create(path)
      let root = try file.root()
      try root.write("small", [1.0])
      try root.write("large", values)
      try root.write("whole", [Int64](0..<8))
      try file.close()
    }
    let file = try File.open(path)
    let root = try file.root()
    let large = try root.dataset("large")
    let found = large.mappableOffset(as: Double.self)
    let offset = try #require(found)
    #expect(offset % 4096 == 0)
    let asOther = large.mappableOffset(as: Int64.self)
    #expect(asOther == nil)
    let ofOther = try root.dataset("whole").mappableOffset(as: Double.self)
    #expect(ofOther == nil)
    var bytes = [UInt8](repeating: 0, count: 4096 * 8)
    #expect(pread(file.descriptor, &bytes, bytes.count, off_t(offset)) == bytes.count)
    #expect(bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) } == values)
  }

  @Test func scalesAreAttached() throws {
    let file = try File.create(scratch.path("scales.h5"))
    let root = try file.root()
    let time = try root.write("time", [Int64](0..<3))
    try time.makeScale("time")
    let symbol = try root.write("symbol", ["a", "b"])
    try symbol.makeScale("symbol")
    let close = try root.createDataset("close", of: Double.self, shape: [3, 2])
    try close.write([Double](repeating: 1, count: 6))
    try close.attach(time, dimension: 0)
    try close.attach(symbol, dimension: 1)
    let attached = [
      try close.isAttached(time, dimension: 0), try close.isAttached(symbol, dimension: 1),
      try close.isAttached(symbol, dimension: 0),
    ]
    #expect(attached == [true, true, false])
    try file.close()
  }

  @Test func failuresSayWhatWhereAndWhy() throws {
    let path = scratch.path("errors.h5")
    do {
      let file = try File.create(path)
      let root = try file.root()
      try root.write("x", [1.0])
      let again = #expect(throws: HDF5Error.self) { _ = try root.write("x", [1.0]) }
      #expect(again?.operation == "create" && again?.path == path + ":/x")
      #expect(again?.stack.contains("exists") == true)
      try file.close()
    }
    do {
      let file = try File.open(path)
      let root = try file.root()
      #expect(throws: HDF5Error.self) { _ = try root.dataset("y") }
      #expect(throws: HDF5Error.self) { _ = try root.group("x") }
      #expect(throws: HDF5Error.self) { _ = try root.dataset("x").readStrings() }
      #expect(throws: HDF5Error.self) { _ = try root.textAttribute("none") }
      #expect(throws: HDF5Error.self) { _ = try root.createGroup("in a file open for reading") }
    }
    #expect(throws: HDF5Error.self) { _ = try File.open(scratch.path("missing.h5")) }
    #expect(throws: HDF5Error.self) { _ = try File.create(scratch.path("no/such/folder.h5")) }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  /// A disk that is full from some step on: the error must show, nothing may stay open, and the process must
  /// end well, which a library with half-closed files does not.
  @Test(arguments: 0...7)
  func fullDiskIsReported(step: Int) {
    let path = scratch.path("full.h5")
    let error = #expect(throws: HDF5Error.self) { try Self.write(path, fullFrom: step) }
    #expect(error?.cause == "file write failed: No space left on device")
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  private static func write(_ path: String, fullFrom step: Int) throws {
    let file = try File.create(path)
    let descriptor = file.descriptor
    func fill(_ now: Int) {
      guard now == step else { return }
      let full = open("/dev/full", O_RDWR)
      dup2(full, descriptor)
      close(full)
    }
    let root = try file.root()
    fill(0)
    try root.setAttribute("format", "x")
    fill(1)
    let group = try root.createGroup("group")
    fill(2)
    let scale = try group.createDataset("scale", of: Int64.self, shape: [3])
    fill(3)
    try scale.write([1, 2, 3] as [Int64])
    fill(4)
    try scale.makeScale("scale")
    fill(5)
    try group.write("texts", (0..<2000).map { "text \($0)" })
    fill(6)
    try group.write("large", [Double](repeating: 1, count: 100_000))
    fill(7)
    try file.close()
  }

  @Test func manyThreadsMayReadAtOnce() async throws {
    let path = scratch.path("threads.h5")
    do {
      let file = try File.create(path)
      try file.root().write("texts", (0..<100).map { "t\($0)" })
      try file.close()
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 {
        group.addTask {
          let file = try File.open(path)
          return try file.root().dataset("texts").readStrings().last == "t99"
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }
}

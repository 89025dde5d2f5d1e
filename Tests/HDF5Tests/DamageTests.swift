import Foundation
import HDF5
import TestSupport
import Testing

extension FileTests {
  /// Files with random damage must be read or refused; that the process lives is what is tested.
  @Test func damagedFilesAreReadOrRefused() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("whole.h5")
    do {
      let file = try File.create(path)
      let root = try file.root()
      try root.setAttribute("text", "some text")
      for i in 0..<12 { try root.setAttribute("number\(i)", Int64(i)) }
      let group = try root.createGroup("group")
      let scale = try group.write("names", (0..<40).map { "name number \($0)" })
      try scale.makeScale("names")
      try group.attach(scale)
      try file.close()
    }
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    var random = SeededRandom(seed: 20_240_229)
    let damaged = scratch.path("damaged.h5")
    var refused = 0
    for round in 0..<3000 {
      var bytes = whole
      switch round % 4 {
      case 0: bytes.removeLast(Int.random(in: 1...whole.count, using: &random))
      case 1:
        bytes[Int.random(in: 0..<whole.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      case 2:
        for _ in 0..<20 {
          bytes[Int.random(in: 0..<whole.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
      default:
        // What the library trusts blindly: the heap and the references into it.
        guard
          let heap = bytes.indices.dropLast(4).filter({
            Array(bytes[$0..<$0 + 4]) == Array("GCOL".utf8)
          })
          .randomElement(using: &random)
        else { continue }
        let at = min(heap + Int.random(in: 0..<600, using: &random), whole.count - 1)
        bytes[at] = .random(in: 0...255, using: &random)
      }
      try Data(bytes).write(to: URL(filePath: damaged))
      do {
        try readEverything(damaged)
      } catch is HDF5Error {
        refused += 1
      }
      #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0, "round \(round)")
    }
    #expect(refused > 1000)
  }

  @Test(arguments: [0, 1, 8, 100, 5000])
  func noiseIsRefused(size: Int) throws {
    let scratch = try ScratchFolder()
    var random = SeededRandom(seed: UInt64(size))
    let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
    let path = scratch.path("noise.h5")
    try Data(bytes).write(to: URL(filePath: path))
    #expect(throws: HDF5Error.self) { _ = try File.open(path) }
    // With the signature of the format in front, the noise reaches further in.
    let signed = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 2, 8, 8, 0] + bytes
    try Data(signed).write(to: URL(filePath: path))
    #expect(throws: HDF5Error.self) { _ = try File.open(path) }
  }

  private func readEverything(_ path: String) throws {
    let file = try File.open(path)
    let root = try file.root()
    _ = try root.textAttribute("text")
    for name in try root.attributeNames() where name.hasPrefix("number") {
      _ = try root.numberAttribute(name, of: Int64.self)
    }
    for name in try root.names() {
      let group = try root.group(name)
      for name in try group.names() {
        let dataset = try group.dataset(name)
        if dataset.holdsText {
          _ = try dataset.readStrings()
        } else {
          _ = try dataset.read(Double.self)
        }
      }
    }
  }
}

extension Group {
  /// A matrix and a column along a scale.
  fileprivate func attach(_ scale: borrowing Dataset) throws {
    let column = try write("column", (0..<40).map(Double.init))
    try column.attach(scale, dimension: 0)
  }
}

/// SplitMix64: the same damage in every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

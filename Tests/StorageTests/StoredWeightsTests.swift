import Foundation
import HDF5
import Storage
import TestSupport
import Testing

@Suite struct StoredWeightsTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("w.h5")
  }

  private func write(
    _ name: String = "w", _ values: [Double] = [1, 0, 0.5, 0.5, -1, 2], _ shape: [Int] = [3, 2],
    portfolios: [String]? = nil, symbols: [String]? = nil, packed: Bool = false
  ) throws {
    let file = try File.create(path, withChunks: packed)
    let root = try file.root()
    if packed {
      try root.createPackedDataset(
        name, of: Double.self, shape: shape, chunk: [2, 2], level: 4
      ).write(values)
    } else {
      try root.createDataset(name, of: Double.self, shape: shape).write(values)
    }
    if let portfolios { try root.write("portfolio", portfolios) }
    if let symbols { try root.write("symbol", symbols) }
    try file.close()
  }

  private func rows(_ weights: StoredWeights, _ range: Range<Int>) throws -> [Double] {
    var values = [Double](repeating: .nan, count: range.count * weights.columnCount)
    try values.withUnsafeMutableBufferPointer { try weights.read(range, into: $0.baseAddress!) }
    return values
  }

  @Test(arguments: [false, true])
  func rowsComeBack(packed: Bool) throws {
    try write(packed: packed)
    let weights = try StoredWeights(path)
    #expect(weights.portfolioCount == 3 && weights.columnCount == 2 && weights.symbols == nil)
    #expect(weights.name(2) == "3")
    #expect(try rows(weights, 0..<3) == [1, 0, 0.5, 0.5, -1, 2])
    #expect(try rows(weights, 1..<2) == [0.5, 0.5])
    #expect(try rows(weights, 3..<3) == [])
  }

  @Test func namesAndOtherNumbers() throws {
    let file = try File.create(path)
    let root = try file.root()
    try root.createDataset("table", of: Int64.self, shape: [2, 2]).write([1 as Int64, 0, 0, 1])
    try root.write("portfolio", [41 as Int64, 42])
    try root.write("symbol", ["B", "A"])
    try root.write("other", [1.0, 2])
    try file.close()
    let weights = try StoredWeights(path)
    #expect(weights.dataset == "table" && weights.symbols == ["B", "A"] && weights.name(1) == "42")
    #expect(try rows(weights, 0..<2) == [1, 0, 0, 1])
    #expect(StoredWeights.recognises(path) && !StoredWeights.recognises(scratch.path("none")))
  }

  @Test func whatIsNotThere() throws {
    let text = scratch.path("a.csv")
    try "a,b\n".write(toFile: text, atomically: true, encoding: .utf8)
    #expect(throws: StorageError.self) { try StoredWeights(text) }
    #expect(throws: StorageError.fileMissing(path: "nowhere")) { try StoredWeights("nowhere") }
    try write()
    #expect(
      throws: StorageError.weightsMissing(path: path, wanted: "v", tables: ["w"])
    ) { try StoredWeights(path, dataset: "v") }
    try write("a", [1, 2], [2])
    #expect(throws: StorageError.weightsMissing(path: path, wanted: nil, tables: [])) {
      try StoredWeights(path)
    }
    try write("w", [], [0, 2])
    #expect(throws: StorageError.self) { try StoredWeights(path) }
  }

  @Test(arguments: [["a", "b"], ["a", "b", "a"], ["a", "", "c"]])
  func namesThatDontFit(_ names: [String]) throws {
    try write(portfolios: names)
    #expect {
      try StoredWeights(path)
    } throws: {
      guard case StorageError.weightsMisshapen(_, "portfolio", _) = $0 else { return false }
      return true
    }
  }

  @Test func aFileThatEndsEarly() throws {
    try write("w", Array(repeating: 0.5, count: 20_000), [10_000, 2])
    let weights = try StoredWeights(path)
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.prefix(bytes.count - 4096).write(to: URL(filePath: scratch.path("cut.h5")))
    #expect(throws: StorageError.self) { try StoredWeights(scratch.path("cut.h5")) }
    // Cut while it is open, which nothing of ours does.
    truncate(path, 8192)
    #expect(throws: StorageError.self) { try rows(weights, 0..<10_000) }
  }
}

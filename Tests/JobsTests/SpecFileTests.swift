import Foundation
import Jobs
import TestSupport
import Testing

@Suite struct SpecFileTests {
  private let folder: ScratchFolder
  private let path: String

  init() throws {
    folder = try ScratchFolder()
    path = try folder.write(
      """
      // a comment
      { apus: 1, data: { store: "data/prices.h5" },
        parameters: { fast: { from: 2, to: 10 }, slow: [20, 50] },
        strategy: { long_entry: "close > sma(close, fast)" },
      }
      """, to: "spec.json5")
  }

  private func load(_ settings: (String, String)...) throws -> Spec {
    try SpecFile.load(path: path, settings: settings.map { (key: $0, value: $1) }).spec
  }

  private func complaint(_ settings: (String, String)..., path: String? = nil) -> String {
    do throws(SpecError) {
      _ = try SpecFile.load(
        path: path ?? self.path, settings: settings.map { (key: $0, value: $1) })
      return "no mistake was found"
    } catch {
      return "\(error)"
    }
  }

  @Test func theTextIsKeptAsItStands() throws {
    #expect(try load().text == folder.read("spec.json5"))
    #expect(try load().axes.map(\.values) == [[2, 3, 4, 5, 6, 7, 8, 9, 10], [20, 50]])
  }

  // MARK: - The store

  @Test(
    "the store is relative to the spec",
    arguments: [
      ("p.h5", "specs/p.h5"), ("./p.h5", "specs/p.h5"), ("../data/p.h5", "data/p.h5"),
      ("../specs/../data/p.h5", "data/p.h5"), ("../link/p.h5", "data/p.h5"),
      ("../data/", "data/"), ("../none/p.h5", "specs/../none/p.h5"),
    ]) func relativeStores(store: String, expected: String) throws
  {
    let manager = FileManager.default
    for name in ["specs", "data"] {
      try manager.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
    try manager.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: folder.path("data"))
    let text = try folder.read("spec.json5").replacing("data/prices.h5", with: store)
    let spec = try folder.write(text, to: "specs/s.json5")
    #expect(try SpecFile.load(path: spec).storePath == folder.url.path + "/" + expected)
  }

  @Test func anAbsoluteStoreStands() throws {
    let spec = try folder.write(
      try folder.read("spec.json5").replacing("data/prices.h5", with: "/srv/p q.h5"), to: "b.json5")
    #expect(try SpecFile.load(path: spec).storePath == "/srv/p q.h5")
  }

  @Test func anotherStoreIsRelativeToWhereOneStands() throws {
    let here = FileManager.default.currentDirectoryPath
    let above = here.prefix(upTo: try #require(here.lastIndex(of: "/")))
    func path(_ store: String) throws -> String {
      try SpecFile.load(path: self.path, store: store).storePath
    }
    #expect(try path("p.h5") == here + "/p.h5")
    #expect(try path("../p.h5") == above + "/p.h5")
    #expect(try path("Sources/../p.h5") == here + "/p.h5")
    #expect(try path("/srv/p.h5") == "/srv/p.h5")
    #expect(try path("/p.h5") == "/p.h5")
  }

  @Test func aSpecNamedWithoutItsFolderIsFound() throws {
    let here = FileManager.default.currentDirectoryPath
    let name = "jobs-test-\(UUID().uuidString).json5"
    try FileManager.default.copyItem(atPath: path, toPath: here + "/" + name)
    defer { try? FileManager.default.removeItem(atPath: here + "/" + name) }
    #expect(try SpecFile.load(path: name).storePath == here + "/data/prices.h5")
  }

  // MARK: - Settings

  @Test(
    "values of a parameter",
    arguments: [
      ("7", [7.0]), ("-0x10", [-16]), ("[3, 4.5]", [3, 4.5]), (" 8 // eight", [8]),
      ("{ from: 1, to: 3 }", [1, 2, 3]),
    ]) func parameters(value: String, expected: [Double]) throws
  {
    let spec = try load(("fast", value))
    #expect(spec.axes.map(\.name) == ["fast", "slow"])
    #expect(spec.axes[0].values == expected)
  }

  @Test func pathsReachEverything() throws {
    let spec = try load(
      ("execution.fill", "same_close"), ("account.cash", "5000"), ("data.symbols", "['A', 'B']"),
      ("name", "other"), ("where", "fast < slow"), ("seed", "9"), ("metrics", "['calmar']"),
      ("rank.by", "sortino"), ("strategy.long_exit", "close < sma(close, slow)"),
      ("execution.commission.bps", "3"), ("parameters.extra", "[1, 2]"), ("data.to", "2014-05-06"))
    #expect(spec.fillName == "same_close" && spec.cash == 5000 && spec.name == "other")
    #expect(spec.symbols == .named(["A", "B"]) && spec.condition == "fast < slow")
    #expect(spec.seed == 9 && spec.metrics == ["calmar", "sortino"] && spec.rankBy == "sortino")
    #expect(spec.strategy.longExit == "close < sma(close, slow)")
    #expect(spec.rules.commissionRate == 0.0003 && spec.to != nil)
    #expect(spec.axes.map(\.name) == ["fast", "slow", "extra"])
  }

  @Test func theLaterOfTwoSettingsStands() throws {
    #expect(try load(("fast", "3"), ("fast", "4")).axes[0].values == [4])
  }

  @Test func aSectionCanBeReplacedAndTakenOut() throws {
    #expect(try load(("data.symbols", "['A']"), ("data.symbols", "null")).symbols == .all)
    #expect(try load(("strategy.stop_loss", "0.05")).strategy.stopLoss == "0.05")
  }

  @Test func theRecordedTextIsTheSpecThatRan() throws {
    let spec = try load(
      ("fast", "[3, 1e-7]"), ("strategy.long_entry", #"close > "x\y""#), ("name", "größe 😀"))
    let again = try Spec(text: spec.text)
    #expect(again.axes == spec.axes && again.name == spec.name)
    #expect(again.strategy == spec.strategy && again.text == spec.text)
    // Plain JSON, so that other programs can read it.
    let json = try JSONSerialization.jsonObject(with: Data(spec.text.utf8)) as? [String: Any]
    #expect(json?["name"] as? String == "größe 😀")
  }

  @Test(
    "mistakes in settings",
    arguments: [
      (
        "fsat", "1",
        "--set fsat: there is no such key. Did you mean 'fast'? Known here: fast, slow, paths such as execution.fill"
      ),
      ("fast", "[1, 2", "parameters.fast: found the text \"[1, 2\", expected \(values)"),
      ("fast", "abc", "parameters.fast: found the text \"abc\", expected \(values)"),
      ("fast", "[1, 'x']", "parameters.fast[1]: found the text \"x\", expected a finite number"),
      (
        "execution.fill", "5",
        "execution.fill: found the number 5, expected one of next_open, next_close, same_close"
      ),
      (
        "execution.fil", "next_open",
        "execution.fil: there is no such key. Did you mean 'fill'? Known here: fill, commission, slippage, intrabar, finer_panel, bounds, limit_touch, lot, tick, min_notional, max_volume_share"
      ),
      (
        "data.store.x", "1",
        "--set data.store.x: found the text \"data/prices.h5\", expected an object to hold 'x'"
      ),
      (
        "parameters.slow.0", "1",
        "--set parameters.slow.0: found a list, expected an object to hold '0'"
      ),
      (
        ".", "1", "--set .: found an empty part of the path, expected a path such as execution.fill"
      ),
      (
        "a..b", "1",
        "--set a..b: found an empty part of the path, expected a path such as execution.fill"
      ),
      (
        "execution.", "1",
        "--set execution.: found an empty part of the path, expected a path such as execution.fill"
      ),
      (
        "", "1",
        "--set : there is no such key. Known here: fast, slow, paths such as execution.fill"
      ),
    ]) func settingMistakes(key: String, value: String, message: String)
  {
    #expect(complaint((key, value)) == message)
  }

  private static let values =
    "a number, a list of numbers, { from, to, step } or { from, to, count }"

  @Test("the lines of other mistakes are those of the file") func lines() throws {
    let text = try folder.read("spec.json5").replacing("20, 50", with: "20, 20")
    let wrong = try folder.write(text, to: "wrong.json5")
    let message = "line 3, parameters.slow[1]: found 20 twice, expected each value once"
    #expect(complaint(path: wrong) == message)
    #expect(complaint(("fast", "5"), path: wrong) == message)
  }

  // MARK: - Files

  @Test func filesThatAreNoSpec() throws {
    #expect(
      complaint(path: folder.path("no.json5"))
        == "\(folder.path("no.json5")): does not exist. Check the path")
    #expect(
      complaint(path: folder.url.path) == "\(folder.url.path): is a folder; name the spec in it")
    #expect(complaint(path: "a\0b").hasSuffix("does not exist. Check the path"))
    try Data([0x7B, 0xFF, 0x7D]).write(to: folder.url.appending(path: "bytes"))
    #expect(complaint(path: folder.path("bytes")) == "\(folder.path("bytes")): is not UTF-8 text")
    let large = try folder.write(String(repeating: " ", count: 16 << 20) + "{}", to: "large")
    #expect(complaint(path: large) == "\(large): has more than 16777216 bytes; no spec has")
  }

  @Test("a file without an end ends", .timeLimit(.minutes(1))) func endless() {
    #expect(complaint(path: "/dev/zero") == "/dev/zero: has more than 16777216 bytes; no spec has")
    #expect(
      complaint(path: "/dev/null")
        == "line 1, column 1: found the end of the file, expected a value")
  }

  @Test func parametersOfATemplateAreSetByName() throws {
    try folder.write(
      "{ apus: 1, data: { store: 'p.h5' }, strategy: { template: 'sma_cross' } }", to: "spec.json5")
    #expect(try load(("fast", "7")).axes.map(\.values) == [[7], [200]])
    #expect(try load(("parameters", "{ slow: [90, 99] }")).axes.map(\.values) == [[50], [90, 99]])
    #expect(
      complaint(("fats", "7"))
        == "--set fats: there is no such key. Did you mean 'fast'? Known here: fast, slow, paths such as "
        + "execution.fill")
  }
}

import Foundation
import Market
import TestSupport
import Testing

import Interchange

@Suite struct FactorFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func read(
    _ text: String, _ options: FactorFile.Options = FactorFile.Options()
  ) throws -> FactorFile {
    try FactorFile.read(folder.write(text, to: "f.csv"), options: options)
  }

  private func complaint(
    _ text: String, _ options: FactorFile.Options = FactorFile.Options()
  ) throws -> String {
    let path = try folder.write(text, to: "f.csv")
    do {
      _ = try FactorFile.read(path, options: options)
      return "no mistake was found"
    } catch { return "\(error)".replacingOccurrences(of: path, with: "f.csv") }
  }

  private func day(_ text: String) throws -> Int64 { try Timestamp.nanoseconds(parsing: text) }

  /// The file as its maker packs it: words before and behind, a second table, no name over the dates.
  private let french = """
    This file was created by CMPT_ME_BEME_RETS using the 202407 CRSP database.
    The 1-month TBill rate, data until 202405, is from Ibbotson.

    ,Mkt-RF,SMB,HML,RF
    202405,    4.34,    0.76,   -1.66,    0.44
    202406,    2.77,   -3.06,   -3.31,    0.41
    202407,    1.24,  -99.99,    5.73,    0.45

     Annual Factors: January-December
    ,Mkt-RF,SMB,HML,RF
      2023,   21.69,   -3.37,  -13.59,    4.95

    Copyright 2024 Eugene F. Fama and Kenneth R. French
    """

  @Test func asFrenchPacksIt() throws {
    let file = try read(french)
    #expect(file.names == ["Mkt-RF", "SMB", "HML"])
    #expect(try file.timeNs == [day("2024-05-01"), day("2024-06-01"), day("2024-07-01")])
    #expect(file.values[0] == 0.0434 && file.values[5] == -0.0331 && file.values[7].isNaN)
    #expect(file.riskFree == [0.44, 0.41, 0.45].map { $0 / 100 })
    #expect(file.notes.count == 3)
    #expect(file.notes[0].hasSuffix("the table ends at line 9; the rest was not read"))
    #expect(file.notes[1].hasSuffix("1 cells are missing (empty, -99.99 or -999)"))
    #expect(
      file.notes[2].hasSuffix(
        "numbers are taken for per cent, as half of the numbers are above 3.06 in size; "
          + "per_cent: false says otherwise"))
  }

  @Test func theExcerptOfTheProject() throws {
    let given = try SampleFactors.load()
    // The folder of tests may be a symbolic link.
    let data = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "../../datasets/us_factors_1d").standardized
    let five = try FactorFile.read(data.appending(path: "ff5.csv").path)
    let momentum = try FactorFile.read(data.appending(path: "momentum.csv").path)
    let file = try FactorFile.joined([("ff5.csv", five), ("momentum.csv", momentum)])
    #expect(file.names == given.names && file.timeNs == given.timeNs)
    #expect(file.values == given.values && file.riskFree == given.riskFree)
  }

  @Test func anyTableOfDatesAndNumbers() throws {
    let text =
      "Day;Value;Size\n2024-01-03;0.004;-0.001\n20240102;0.003;\n2024-01-04 ;-0.002;0.001\n"
    let file = try read(text)
    #expect(file.names == ["Value", "Size"] && file.riskFree == nil)
    #expect(try file.timeNs.first == day("2024-01-02"))
    #expect(file.values[0] == 0.003 && file.values[1].isNaN && file.values[2] == 0.004)
    #expect(file.notes.last?.contains("taken for fractions") == true)
    let told = try read(text, .init(columns: ["size"], isPerCent: true))
    #expect(told.names == ["Size"] && told.values[1] == -0.00001)
    let renamed = try read(
      "date,a,cash\n2024-01-02,0.5,0.01\n2024-01-03,-0.4,0.02\n", .init(riskFree: "Cash"))
    #expect(renamed.names == ["a"] && renamed.riskFree == [0.01, 0.02].map { $0 / 100 })
    let none = try read("date,a,rf\n2024-01-02,0.5,0.4\n2024-01-03,0.5,0.3\n", .init(riskFree: ""))
    #expect(none.names == ["a", "rf"] && none.riskFree == nil)
  }

  @Test func packed() throws {
    let path = try folder.write("date,a\n2024-01-02,0.5\n2024-01-03,-0.4\n", to: "f.csv")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/gzip")
    process.arguments = [path]
    try process.run()
    process.waitUntilExit()
    #expect(try FactorFile.read(path + ".gz").values == [0.005, -0.004])
  }

  @Test func whatIsWrong() throws {
    #expect(try complaint("").hasPrefix("f.csv is empty"))
    #expect(
      try complaint("day_of,a\n2024-01-02,1\n").hasPrefix(
        "f.csv has no column for 'date' (it has: day_of, a)."))
    #expect(try complaint("date,a\n") == "f.csv has a header but no row to import.")
    #expect(
      try complaint("date,a\n2024-01-02,0.5\n2024-02-30,0.5\n")
        == "f.csv, line 3, date: '2024-02-30' is no date; expected 2024-01-31, 20240131 or 2024-01."
    )
    #expect(
      try complaint("date,a,b\n2024-01-02,0.5,x\n")
        == "f.csv, line 2, b: 'x' is no number; name the columns that are factors: columns.")
    #expect(
      try complaint("date,a,b\n2024-01-02,0.5\n")
        == "f.csv, line 2, date: 2 fields, where the header has 3.")
    #expect(
      try complaint("date,a\n2024-01-02,0.5\n2024-01-03,1\n2024-01-02,0.5\n")
        == "f.csv, line 4, date: 2024-01-02 stands already in line 2.")
    #expect(try complaint("date,a,A\n2024-01-02,0.5,1\n").contains("more than one column for 'A'"))
    #expect(
      try complaint("date,mkt_rf\n2024-01-02,0.5\n", .init(columns: ["mkt_fr"]))
        == "f.csv has no column for 'mkt_fr' of --columns (it has: mkt_rf). Did you mean 'mkt_rf'?")
    #expect(
      try complaint("date,a\n2024-01-02,0.02\n2024-01-03,0.03\n").contains(
        "leaves open whether its numbers are per cent: half of the numbers are above 0.03 in size. "
          + "Say per_cent: true or false"))
    #expect(
      try complaint("date,a\n2024-01-02,101.5\n2024-01-03,102.5\n").contains(
        "holds prices, as it seems"))
    #expect(try complaint("date,a\n2024-01-02,nan\n").contains("'nan' is no number"))
    #expect(try complaint("date,a\n2024-01-02,1e999\n").contains("'1e999' is no number"))
  }

  @Test func filesThatDoNotFitEachOther() throws {
    let a = try read("date,a\n2024-01-02,0.5\n2024-01-03,-0.4\n")
    let b = try read("date,A\n2024-01-02,0.5\n2024-01-03,-0.4\n")
    let c = try read("date,c\n2024-01-04,0.5\n2024-01-05,-0.4\n")
    let d = try read("date,d\n2024-01-03,0.5\n2024-01-05,-0.4\n")
    #expect(throws: ImportError.columnRepeated(path: "x and y", column: "A")) {
      try FactorFile.joined([("x", a), ("y", b)])
    }
    #expect(throws: ImportError.nothingToImport(path: "x with y")) {
      try FactorFile.joined([("x", a), ("y", c)])
    }
    let joined = try FactorFile.joined([("x", a), ("y", d)])
    #expect(
      joined.values == [-0.004, 0.005]
        && joined.timeNs == c.timeNs.map { $0 - Calendar.dayNs }.prefix(1).map { $0 })
    #expect(joined.notes.last == "x, y: 2 dates stand in one of them only")
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func brokenBytesNeverTrap(_ seed: UInt64) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    for _ in 0..<300 {
      var bytes = Array(french.utf8)
      for _ in 0..<random.int(1...6) {
        let place = random.int(0...bytes.count - 1)
        switch random.int(0...2) {
        case 0: bytes[place] = UInt8(random.int(0...255))
        case 1: bytes.remove(at: place)
        default: bytes.insert(random.pick(Array("\",\n;\t-9.\0".utf8)), at: place)
        }
      }
      let path = folder.path("g.csv")
      try Data(bytes).write(to: URL(filePath: path))
      do throws(ImportError) {
        let file = try FactorFile.read(path)
        #expect(file.values.count == file.timeNs.count * file.names.count)
        #expect(zip(file.timeNs, file.timeNs.dropFirst()).allSatisfy { $0 < $1 })
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }
}

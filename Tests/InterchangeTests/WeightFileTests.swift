import TestSupport
import Testing

@testable import Interchange

/// Files of portfolios as people have them.
@Suite struct WeightFileTests {
  private func read(_ text: String) throws -> WeightFile {
    let folder = try ScratchFolder()
    return try WeightFile.read(folder.write(text, to: "weights.csv"))
  }

  /// What `DataFrame.to_csv` writes of a table whose index has no name.
  @Test func anIndexWithoutAName() throws {
    let file = try read(",AAPL,GE\ncore,0.5,0.25\n1,1,\n")
    #expect(file.portfolios == ["core", "1"] && file.symbols == ["AAPL", "GE"])
    #expect(file.values[0..<3] == [0.5, 0.25, 1] && file.values[3].isNaN)
    #expect(try read("portfolio,AAPL,GE\ncore,0.5,0.25\n1,1,\n") == file)
  }

  @Test func rowsWithAnIndex() throws {
    let file = try read(",portfolio,symbol,weight\n0,a,AAPL,0.5\n1,a,GE,0.5\n2,b,GE,1\n")
    #expect(file.portfolios == ["a", "b"] && file.symbols == ["AAPL", "GE"])
  }

  @Test(arguments: [
    ("AAPL,,GE\n1,2,3\n", "it has no name"), (",AAPL\na,1\na,2\n", "a stands there already"),
    (",AAPL\na,x\n", "'x' is not a weight"),
  ])
  func mistakes(text: String, part: String) throws {
    do {
      _ = try read(text)
      Issue.record("no mistake was found")
    } catch {
      #expect("\(error)".contains(part), "\(error)")
    }
  }
}

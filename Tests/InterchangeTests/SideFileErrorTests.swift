import Interchange
import TestSupport
import Testing

/// Files beside the prices are refused without a word of flags that only an import has.
@Suite struct SideFileErrorTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func words(_ kind: SideFileError.Kind, _ text: String) throws -> String {
    let path = try folder.write(text, to: "f.csv")
    do {
      switch kind {
      case .weights: _ = try SideFileError.weights(path)
      case .factors:
        _ = try SideFileError.telling(kind) { () throws(ImportError) in
          try FactorFile.read(path)
        }
      case .entries:
        _ = try SideFileError.telling(kind) { () throws(ImportError) in
          try EntryFile.read(path, participant: "f")
        }
      case .scores: throw SideFileError(kind: kind, cause: .empty(path: path))
      }
      return "no mistake was found"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    (SideFileError.Kind.weights, "", "f.csv is empty. A file of weights has a header"),
    (.weights, "symbol,size\nA,1\n", "no column for 'weight' (it has: symbol, size). A file"),
    (.weights, "portfolio,A,B\n", "has a header but no weight."),
    (.weights, "symbol,weight\nA,x\n", "line 2, weight: 'x' is not a weight."),
    (.factors, "", "f.csv is empty. A file of factors has a header: date, and a column"),
    (.factors, "date\n2024-01-02\n", "no column for 'a factor' (it has: date). A file"),
    (.factors, "date,a,A\n2024-01-02,1,2\n", "factors: { columns: [ … ] }"),
    (.scores, "", "f.csv is empty. A file of scores"),
    (.entries, "", "f.csv is empty. A file of entries"),
    (.factors, "date,a\n", "there is no date to take factors from"),
  ])
  func saysWhatToDo(kind: SideFileError.Kind, text: String, expected: String) throws {
    let found = try words(kind, text)
    #expect(found.contains(expected), "\(found)")
    // A column of trades is their price.
    let foreign = kind == .entries ? ["--", "import"] : ["--", "price", "import"]
    for word in foreign { #expect(!found.contains(word), "\(found)") }
  }

  @Test func aKeyOfTheSpecKeepsItsError() throws {
    let found = try words(.factors, "date,a\n2024-01-02,101\n2024-01-03,102\n2024-01-04,99\n")
    #expect(found.hasPrefix("factors.file: "), "\(found)")
  }
}

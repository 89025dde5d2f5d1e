import Interchange
import Testing

@Suite struct WeightFileTests {
  private func read(_ text: String) throws -> WeightFile {
    let scratch = try Scratch()
    return try WeightFile.read(try scratch.write(text))
  }

  /// The same portfolios in every form that has names.
  @Test(arguments: [
    "portfolio,symbol,weight\na,AAA,0.5\na,BBB,-0.25\nb,BBB,1\n",
    "portfolio,AAA,BBB\na,0.5,-0.25\nb,,1\n",
    #"{"a": {"AAA": 0.5, "BBB": -2.5e-1}, "b": {"BBB": 1}}"#,
    #"[{"portfolio": "a", "AAA": 0.5, "BBB": -0.25}, {"portfolio": "b", "AAA": null, "BBB": 1}]"#,
    #"""
    [{"symbol": "AAA", "portfolio": "a", "weight": 0.5}, {"weight": -0.25, "portfolio": "a",
      "symbol": "BBB"}, {"portfolio": "b", "symbol": "BBB", "weight": 1}]
    """#,
  ])
  func formsAgree(text: String) throws {
    let file = try read(text)
    #expect(file.portfolios == ["a", "b"] && file.symbols == ["AAA", "BBB"])
    #expect(file.values[0] == 0.5 && file.values[1] == -0.25 && file.values[3] == 1)
    #expect(file.values[2].isNaN)
  }

  @Test func withoutNames() throws {
    let one = try read(#"{"AAA": 0.5, "BBB": 0.5}"#)
    #expect(one.portfolios == ["portfolio"] && one.values == [0.5, 0.5])
    let two = try read(#"[{"AAA": 1}, {"AAA": 0.25}]"#)
    #expect(two.portfolios == ["1", "2"] && two.values == [1, 0.25])
    let numbered = try read(#"[{"portfolio": 7, "AAA": 1}]"#)
    #expect(numbered.portfolios == ["7"])
    #expect(try read("\u{FEFF}{\"é\\u0041\": 1}").symbols == ["éA"])
  }

  /// What `DataFrame.to_csv` writes of a table whose index has no name.
  @Test func anIndexWithoutAName() throws {
    let file = try read(",AAPL,GE\ncore,0.5,0.25\n1,1,\n")
    #expect(file.portfolios == ["core", "1"] && file.symbols == ["AAPL", "GE"])
    #expect(file.values[0..<3] == [0.5, 0.25, 1] && file.values[3].isNaN)
    #expect(try read("portfolio,AAPL,GE\ncore,0.5,0.25\n1,1,\n") == file)
    let rows = try read(",portfolio,symbol,weight\n0,a,AAPL,0.5\n1,a,GE,0.5\n2,b,GE,1\n")
    #expect(rows.portfolios == ["a", "b"] && rows.symbols == ["AAPL", "GE"])
  }

  @Test(arguments: [
    (#"{"a": {"AAA": 0.5, "AAA": 1}}"#, "line 1, column 20: AAA has a weight there already"),
    (#"{"a": {"AAA": 1}, "a": {"BBB": 1}}"#, "column 19: a stands there already"),
    ("{\"a\": {\n\"AAA\": \"x\"}}", "line 2, column 8: a weight such as 0.25 is expected for AAA"),
    (#"{"a": {"AAA": NaN}}"#, "'NaN' is not a weight"),
    (#"{"a": {"AAA": 1e999}}"#, "'1e999' is not a weight"),
    (#"{"a": {"AAA": 1}, "BBB": 2}"#, "weights and portfolios stand side by side"),
    (#"{"a": {"AAA": 1}"#, "the end of the file stands where ',' or '}' is expected"),
    (#"{"a": {"AAA": 1}} x"#, "something follows behind the end"),
    (#"[{"symbol": "AAA"}]"#, "a row of AAA has no weight"),
    (#"[{"portfolio": "a", "AAA": 1}, {"portfolio": "a", "AAA": 1}]"#, "a stands there already"),
    (#"[1]"#, "an object such as"), (#"[{"portfolio": {}, "AAA": 1}]"#, "a name in quotes"),
    (#"{"": {"AAA": 1}}"#, "a portfolio has no name"), (#"{"": 1}"#, "a symbol has no name"),
    ("{}", "no row to import"), ("[]", "no row to import"), (#"{"a": {}}"#, "no row to import"),
    (String(repeating: "[", count: 200), "an object such as"),
    ("AAPL,,GE\n1,2,3\n", "it has no name"), (",AAPL\na,1\na,2\n", "a stands there already"),
    ("portfolio,symbol,weight\na,AAA,x\n", "line 2, weight: 'x' is not a weight"),
    ("portfolio,symbol,weight\na,AAA,1\na,AAA,1\n", "AAA has a weight in a already"),
  ])
  func refuses(text: String, expected: String) throws {
    #expect {
      try read(text)
    } throws: {
      if !"\($0)".contains(expected) { Issue.record("\($0)") }
      return $0 is ImportError
    }
  }
}

import Interchange
import Testing

@Suite struct EntryFileTests {
  private func read(_ text: String) throws -> EntryFile {
    let scratch = try Scratch()
    return try EntryFile.read(try scratch.write(text), participant: "file")
  }

  private func refusal(_ text: String) -> String {
    do {
      _ = try read(text)
      return "none"
    } catch { return "\(error)" }
  }

  /// What programs write of one table.
  @Test(arguments: [",", ";", "\t", "|"], ["\n", "\r\n"])
  func delimiters(delimiter: String, end: String) throws {
    let rows = ["participant,time,side,symbol,quantity,price", "a,2017-01-04,sell,AAPL,10,116.5"]
    let text = rows.map { $0.split(separator: ",").joined(separator: delimiter) + end }.joined()
    let file = try read("\u{FEFF}" + text)
    #expect(file.participants == ["a"] && file.symbols == ["AAPL"] && file.flaws.isEmpty)
    #expect(file.trades.map(\.units) == [-10] && file.trades.map(\.price) == [116.5])
  }

  /// A column that is passed over would buy what was sold, or at another price.
  @Test func columnsThatNobodyKnows() {
    #expect(
      refusal("participant,time,direction,symbol,quantity\na,2017-01-04,sell,AAPL,10\n")
        .contains("line 1, direction: there is no such column"))
    #expect(
      refusal("time,symbol,quantity,pirce\n2017-01-04,AAPL,10,116\n")
        .contains("Did you mean 'price'?"))
    #expect(
      refusal("time,date,symbol,quantity\n2017-01-04,2017-01-05,AAPL,10\n")
        .contains("line 1, date: 'time' says the time already"))
    for text in ["a;b\n1;2\n", "time,symbol\n2017-01-04,AAPL\n", "time,quantity\n2017-01-04,1\n"] {
      let message = refusal(text)
      #expect(message.contains("no column is called") && !message.contains("--"))
    }
    #expect(
      refusal("id,time,wallet,kind,symbol,quantity,price,amount,fee,to,received,note\n") == "none")
    #expect(refusal("date,AAPL,PRICE,SIDE\n2017-01-04,0.5,0.25,0.25\n") == "none")
  }

  /// Two participants are never one, and none is two.
  @Test func names() throws {
    let head = "participant,time,symbol,quantity\n"
    let composed = "\u{E9},2017-01-04,AAPL,10\n"
    #expect(try read(head + composed + composed).participants == ["\u{E9}"])
    #expect(
      refusal(head + composed + "e\u{301},2017-01-05,AAPL,10\n")
        .contains("line 3, participant: 'e\u{301}' stands in other characters before"))
    #expect(refusal(head + "a\u{1B}[31m,2017-01-04,AAPL,10\n").contains("control characters"))
    #expect(refusal(head + " ,2017-01-04,AAPL,10\n").contains("nobody's"))
  }
}

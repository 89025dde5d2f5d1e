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

  /// As transactions of books have them.
  @Test func offsets() throws {
    let times = [
      "2024-03-01T09:30:00-05:00", "2024-03-01 14:30:00Z", "2024-03-01T14:30:00",
      "2024-03-01T14:30",
      "2024-03-01 20:00:00+0530", "2024-03-01T15:30:00.000+01:00",
    ]
    let file = try read(
      "time,symbol,quantity\n" + times.map { "\($0),AAPL,1\n" }.joined() + "2024-03-01,AAPL,1\n")
    #expect(file.flaws.isEmpty)
    #expect(
      file.trades.map(\.timeNs) == times.map { _ in 1_709_303_400_000_000_000 } + [
        1_709_251_200_000_000_000
      ])
    let flawed = try read(
      "time,symbol,quantity\n2024-03-01T09:30-25:00,AAPL,1\n01/03/2024,AAPL,1\n")
    #expect(flawed.trades.isEmpty && flawed.flaws.map(\.line) == [2, 3])
    #expect(flawed.flaws[0].reason.contains("2017-03-01T10:30-05:00"))
  }

  /// No text names a flag that only imports have.
  @Test func hints() throws {
    let scratch = try Scratch()
    for text in ["", "time,symbol,quantity,quantity\n", "a\0b\n", "time,symbol,\"quantity\n"] {
      let path = try scratch.write(text)
      do {
        _ = try SideFileError.telling(.entries) { () throws(ImportError) in
          try EntryFile.read(path, participant: "x")
        }
        Issue.record("\(text) was read")
      } catch {
        let message = "\(error)"
        #expect(!message.contains("--") && !message.contains("price file"), "\(message)")
      }
    }
    for kind in [SideFileError.Kind.scores, .entries] {
      let causes: [ImportError] = [
        .columnRepeated(path: "p", column: "close"),
        .columnMissing(path: "p", column: "symbol", found: ["a"], nearest: nil),
        .headerMissing(path: "p", found: "1,2"),
        .tooLarge(bars: 1, symbols: 1, fields: 1, bytes: 1, limit: 1),
        .timeUnclear(path: "p", column: "c", found: "1", choices: []),
        .dateOrderUnclear(path: "p", column: "c", found: "1/2/2020", contradicts: true),
        .decimalUnclear(path: "p", column: "c", found: "1,234", contradicts: false),
        .wideUnclear(path: "p", column: "c", found: "-1", field: "close"),
        .nothingToImport(path: "p"),
      ]
      for cause in causes {
        #expect(!"\(SideFileError(kind: kind, cause: cause))".contains("--"), "\(cause)")
      }
    }
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
    #expect(
      refusal(head + String(repeating: "x", count: 256) + ",2017-01-04,AAPL,10\n").contains(
        "longer than 255 bytes"))
    let shown = try read(head + "a,2017-01-04,\u{1B}[31mAAPL,10\nb,2017-01-04,AAPL,\u{1B}[31m10\n")
    #expect(shown.flaws.count == 2 && !shown.flaws.contains { $0.reason.contains("\u{1B}") })
    #expect(refusal(head + " ,2017-01-04,AAPL,10\n").contains("nobody's"))
  }
}

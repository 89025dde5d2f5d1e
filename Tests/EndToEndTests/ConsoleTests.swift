import Dispatch
import Foundation
import TestSupport
import Testing
import apus

/// The parts of the console that no verb can show at will: terminals, progress, tables.
@Suite struct ConsoleTests {
  /// Runs `body` with a console over two files and returns what they hold.
  private func capture(
    quiet: Bool = false, terminals: (output: Bool, errors: Bool),
    environment: [String: String] = ["TERM": "xterm"], _ body: (Console) throws -> Void
  ) throws -> (output: String, errors: String) {
    let folder = try ScratchFolder()
    for name in ["out", "err"] { try folder.write("", to: name) }
    let output = try FileHandle(forWritingTo: folder.url.appending(path: "out"))
    let errors = try FileHandle(forWritingTo: folder.url.appending(path: "err"))
    try body(
      Console(
        isQuiet: quiet, output: output.fileDescriptor, errors: errors.fileDescriptor,
        terminals: terminals, environment: { environment[$0] }))
    return (try folder.read("out"), try folder.read("err"))
  }

  @Test func talkIsSilentWhenQuietAndErrorsAreNot() throws {
    let said = try capture(quiet: true, terminals: (false, false)) { console in
      console.talk("a")
      console.warn("b")
      console.fail("c")
      try console.print("d")
    }
    #expect(said.errors == "error: c\n")
    #expect(said.output == "d\n")
  }

  @Test func progressIsDrawnAndErased() throws {
    let said = try capture(terminals: (true, true)) { console in
      let bar = console.progress("sweeping", total: 10, unit: "lanes")
      bar.report(done: 4)
      console.talk("by the way")
      bar.finish()
    }
    let line = "sweeping [================                        ]  40 %"
    let erase = "\r\u{1b}[2K"
    #expect(said.errors == "\(erase)\(line)\(erase)by the way\n\(line)\(erase)")
    #expect(said.output.isEmpty)
  }

  @Test func resultsOnATerminalMakeTheBarStepAside() throws {
    let said = try capture(terminals: (true, true)) { console in
      console.progress("x", total: 2, unit: "lanes").report(done: 1)
      try console.print("result")
    }
    #expect(said.output == "result\n")
    #expect(said.errors.components(separatedBy: "50 %").count == 3)
  }

  @Test(arguments: [(true, true, "xterm"), (false, false, "xterm"), (false, true, "dumb")])
  func noProgressWhenQuietOrOffATerminal(quiet: Bool, terminal: Bool, term: String) throws {
    let said = try capture(
      quiet: quiet, terminals: (terminal, terminal), environment: ["TERM": term]
    ) { console in
      let bar = console.progress("sweeping", total: 10, unit: "lanes")
      bar.report(done: 4)
      bar.finish()
    }
    #expect(said.errors.isEmpty)
  }

  @Test func workersReportTogetherAndFewDraw() throws {
    let start = ContinuousClock.now
    let said = try capture(terminals: (false, true)) { console in
      let bar = console.progress("sweeping", total: 400_000, unit: "lanes")
      DispatchQueue.concurrentPerform(iterations: 4) { worker in
        for done in 1...100_000 { bar.report(done: worker * 100_000 + done) }
      }
      bar.finish()
      let other = console.progress("sweeping", total: 400_000, unit: "lanes")
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        for _ in 1...100_000 { other.advance(by: 1) }
      }
      other.finish()
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let draws = said.errors.components(separatedBy: "sweeping").count - 1
    #expect(draws >= 2 && Double(draws) <= seconds * 10 + 2)
  }

  @Test(arguments: [
    (0, 0.1, 80, "lanes [                                        ]   0 %"),
    (500, 0.1, 80, "lanes [====================                    ]  50 %"),
    (500, 2.0, 80, "lanes [====================                    ]  50 %  250 lanes/s  2 s left"),
    (1000, 2.0, 60, "lanes [\(String(repeating: "=", count: 23))] 100 %  500 lanes/s  0 s left"),
    (1200, 0.1, 30, "lanes [\(String(repeating: "=", count: 16))] 100 %"),
    (500, 2.0, 20, "lanes  50 %  250 lan"), (500, 2.0, 0, ""),
  ])
  func bars(done: Int, seconds: Double, width: Int, expected: String) {
    let line = ProgressReporter.line(
      label: "lanes", done: done, total: 1000, unit: "lanes", seconds: seconds, width: width)
    #expect(line == expected)
    #expect(line.count <= width)
  }

  @Test func tables() {
    var table = Table([
      .text("symbol"), .number("fast", .plain), .number("sharpe", .ratio),
      .number("max_drawdown", .fraction), .number("trades", .count), .number("fees", .money),
    ])
    table.add(["AAPL", 20.0, 1.23456, -0.12345, 1234.0, 1234567.891])
    table.add(["BRK.B", 0.05, .number(.nan), .number(-0.00001), 0.0, -12.5])
    #expect(
      table.text() == """
        symbol  fast  sharpe  max_drawdown  trades          fees
        AAPL      20   1.235      -12.35 %   1,234  1,234,567.89
        BRK.B   0.05       –        0.00 %       0        -12.50

        """)
    #expect(table.text(isColored: true).hasPrefix("\u{1b}[1msymbol  fast"))
  }

  /// Three columns of 6, 4 and 6 letters: 6, 12 and 20 columns of the screen.
  @Test(arguments: [
    (80, []), (20, []), (19, ["trades"]), (12, ["trades"]), (11, ["fast", "trades"]),
    (0, ["fast", "trades"]),
  ])
  func whatDoesNotFitIsLeftOut(width: Int, hidden: [String]) {
    var table = Table([.text("symbol"), .number("fast", .plain), .number("trades", .count)])
    table.add(["AAPL", 20.0, 7.0])
    #expect(table.overflow(width: width) == hidden)
    let lines = table.text(columns: 3 - hidden.count).split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.count <= max(width, 6) })
  }

  @Test func aTerminalGetsWhatFitsAndAPipeAll() throws {
    var table = Table((1...20).map { .number("column_\($0)", .plain) })
    table.add((1...20).map { .number(Double($0)) })
    for isTerminal in [true, false] {
      let said = try capture(terminals: (isTerminal, false)) { try $0.print(table) }
      #expect(said.output.contains("column_20") == !isTerminal)
      #expect(said.errors.hasPrefix("too wide for this terminal: column_") == isTerminal)
      #expect(said.errors.contains("column_20; to see all") == isTerminal)
    }
  }

  @Test func anEmptyTableHasItsTitles() {
    #expect(Table([.number("a", .count), .text("b")]).text() == "a  b\n")
  }

  @Test(arguments: [
    (0.0, NumberFormat.ratio, "0.000"), (1e-5, .ratio, "1.000e-05"), (2e9, .ratio, "2.000e+09"),
    (-0.0001, .fraction, "-0.01 %"), (12.5, .fraction, "1250.00 %"), (.nan, .fraction, "–"),
    (.infinity, .money, "∞"), (-.infinity, .count, "-∞"), (999, .count, "999"),
    (-1_000_000, .count, "-1,000,000"), (-999.999, .money, "-1,000.00"), (1e6, .plain, "1000000"),
    (0.1, .plain, "0.1"), (-0.0, .count, "0"),
  ])
  func numbers(value: Double, format: NumberFormat, expected: String) {
    #expect(NumberText.text(value, format) == expected)
  }

  @Test(arguments: [
    ("fraction", NumberFormat.fraction), ("fraction a year", .fraction), ("count", .count),
    ("money", .money), ("USD", .money), ("USDT", .money), ("", .ratio),
    ("fractions of a kind", .ratio),
    ("ratio", .ratio), ("usd", .ratio),
  ])
  func units(unit: String, expected: NumberFormat) { #expect(NumberFormat(unit: unit) == expected) }

  @Test func theLargestNumberFits() {
    #expect(NumberText.text(-.greatestFiniteMagnitude, .money).count > 400)
  }

  @Test(arguments: [
    (0.0, "0.00"), (9.994, "9.99"), (9.996, "10.0"), (99.96, "100"), (999.4, "999"),
    (999.6, "1.00 k"), (12_345, "12.3 k"), (1_200_000, "1.20 M"), (3.5e9, "3.50 G"), (2e12, "2 T"),
  ])
  func rates(value: Double, expected: String) { #expect(NumberText.short(value) == expected) }

  @Test(arguments: [
    (0.0, "0 s"), (11.2, "12 s"), (60, "1 min 0 s"), (3599.5, "1 h 0 min"), (7384, "2 h 3 min"),
    (1e9, "days"), (.infinity, "days"), (.nan, "days"),
  ])
  func durations(seconds: Double, expected: String) {
    #expect(NumberText.duration(seconds) == expected)
  }
}

import Jobs
import Testing

@Suite struct JSON5FuzzTests {
  static let spec = #"""
    // a run
    { apus: 1, name: "dip", data: { store: 'p.h5', symbols: ["A", "B"], from: "2014-01-01" },
      parameters: { n: { from: 2, to: 1e1, step: 1 }, band: [0.1, .25, 0x1], k: { from: 1, to: 8, count: 4, scale: "log" } },
      where: "n > 2", strategy: { let: { m: "sma(close, n)" }, long_entry: "close < m \u002a (1 - band)",
      long_exit: "close > m", stop_loss: 0.05, size: { fraction_of_equity: 1.0 } },
      account: { cash: 1e5, flows: [], }, execution: { fill: "next_open", commission: { bps: 2 } },
      metrics: ["sharpe", "trades"], rank: { by: "sharpe", top: 3 }, seed: 7, /* end */ }
    """#

  private static let pieces: [String] = [
    "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\\u", "\\uD83D", "/*", "*/", "//", "\n", "\r",
    "-", "+", ".", "e", "0x", "1e308", "1e999", "NaN", "Infinity", "null", "true", "from", "to",
    "step", "count", "9999999999", "-1", "\u{0}", "\u{2028}", "é", "😀", "\u{301}", "\u{FEFF}",
  ]

  /// One change: a piece put in, cut out, doubled or exchanged for another part.
  private static func mutate(_ text: inout [Unicode.Scalar], _ noise: inout Noise) {
    let at = Int.random(in: 0...text.count, using: &noise)
    let length = min(text.count - at, Int.random(in: 0...12, using: &noise))
    switch Int.random(in: 0..<4, using: &noise) {
    case 0: text.removeSubrange(at..<at + length)
    case 1: text.insert(contentsOf: text[at..<at + length], at: at)
    case 2:
      let piece = pieces[Int.random(in: 0..<pieces.count, using: &noise)]
      text.replaceSubrange(at..<at + length, with: Array(piece.unicodeScalars))
    default:
      let piece = pieces[Int.random(in: 0..<pieces.count, using: &noise)]
      text.insert(contentsOf: Array(piece.unicodeScalars), at: at)
    }
  }

  private static func text(_ scalars: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  @Test("a damaged spec is read or refused, and never traps", .timeLimit(.minutes(2)))
  func damage() throws {
    let seed: UInt64 = 41
    var noise = Noise(seed: seed)
    var read = 0
    let whole = Array(Self.spec.unicodeScalars)
    _ = try Spec(text: Self.spec)
    for round in 0..<20_000 {
      var scalars = whole
      for _ in 0..<Int.random(in: 1...3, using: &noise) { Self.mutate(&scalars, &noise) }
      let text = Self.text(scalars)
      do throws(SpecError) {
        let spec = try Spec(text: text)
        read += 1
        #expect(!spec.metrics.isEmpty && spec.axes.allSatisfy { !$0.values.isEmpty })
      } catch {
        let message = "\(error)"
        #expect(!message.isEmpty && !message.contains("line 0"), "seed \(seed), round \(round)")
        guard case .syntax(let line, let column, _, _) = error else { continue }
        #expect(isPlace(line, column, in: text), "seed \(seed), round \(round): \(line):\(column)")
      }
    }
    // Were all refused, the test would only look at the reader's first lines.
    #expect(read > 500, "seed \(seed)")
  }

  @Test("every beginning of a spec is refused") func truncation() {
    let whole = Array(Self.spec.unicodeScalars)
    // The closing bracket ends the object; what follows it is the end of the file.
    let end = whole.lastIndex(of: "}") ?? 0
    for length in 0...end {
      #expect(throws: SpecError.self) { try Spec(text: Self.text(Array(whole[..<length]))) }
    }
  }

  /// Whether a line of the text has the column; the column after its last is the end.
  private func isPlace(_ line: Int, _ column: Int, in text: String) -> Bool {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isLineEnd }
    guard line >= 1, line <= lines.count, column >= 1 else { return false }
    return column <= lines[line - 1].unicodeScalars.count + 1
  }
}

extension Character {
  fileprivate var isLineEnd: Bool {
    self == "\n" || self == "\r" || self == "\r\n" || self == "\u{2028}" || self == "\u{2029}"
  }
}

import Advice
import Books
import Jobs
import Storage
import TestSupport
import Testing

/// Rule files, checks of a book, and what-ifs over files.
@Suite struct BookCheckJobTests {
  private func rules(_ text: String, _ book: HistoryBook) throws -> LimitRuleFile {
    try LimitRuleFile.read(try book.folder.write(text, to: "rules.json5"), for: book.session())
  }

  @Test("rules, their settings and whom they bind")
  func reads() throws {
    let book = try HistoryBook()
    let file = try rules(
      """
      { profiles: false, rules: [
        { name: "a", kind: "value_at_risk", threshold: 0.02, level: 0.99, horizon: 10, lookback: 500 },
        { name: "b", kind: "symbol", allowed: ["AAA"], excluded: "CCC", client: ["c-0", "c-2"] },
        { name: "c", kind: "sector_weight", threshold: 0.5, of: "Tech", client: "c-2", portfolio: ["p-2", "p-0"] },
        { name: "d", kind: "drawdown", threshold: 0.1, lookback: 20, advisor: "a-2" },
        { name: "e", kind: "cash", threshold: 0.01 },
      ] }
      """, book)
    #expect(!file.usesProfiles && file.rules.map(\.name) == ["a", "b", "c", "d", "e"])
    let rules = file.rules
    #expect(rules[0].level == 0.99 && rules[0].horizon == 10 && rules[0].lookback == 500)
    #expect(rules[0].portfolios == nil)
    #expect(rules[1].names == ["AAA"] && rules[1].excluded == ["CCC"])
    #expect(rules[1].portfolios == [0, 2, 3])
    #expect(rules[2].names == ["Tech"] && rules[2].portfolios == [2])
    #expect(rules[3].lookback == 20 && rules[3].portfolios == [1, 4])
    #expect(rules[4].threshold == 0.01)
  }

  @Test(
    "what is wrong is told with line, key and nearest name",
    arguments: [
      (
        "{ rules: [\n{ name: 'a', kind: 'volatilty', threshold: 1 }] }",
        "line 2, rules[0].kind: no kind of rule 'volatilty'. Did you mean 'volatility'?"
      ),
      ("{ rules: [{ name: 'a', kind: 'cash' }] }", "rules[0].threshold: is missing"),
      ("{ rules: [{ kind: 'cash' }] }", "rules[0].name: is missing"),
      (
        "{ rules: [{ name: 'a', kind: 'cash', treshold: 1 }] }",
        "line 1, rules[0].treshold: there is no such key. Did you mean 'threshold'?"
      ),
      (
        "{ rules: [{ name: 'a', kind: 'cash', threshold: 2 }] }",
        "rules[0].threshold: found the number 2, expected a fraction from 0 to 1"
      ),
      (
        "{ rules: [{ name: 'a', kind: 'symbol', excluded: ['AAB'] }] }",
        "rules[0].excluded: no symbol 'AAB'. Did you mean 'AAA'?"
      ),
      ("{ rules: [{ name: 'a', kind: 'sector', allowed: ['Tehc'] }] }", "Did you mean 'Tech'?"),
      ("{ rules: [{ name: 'a', kind: 'sector' }] }", "rules[0]: is missing"),
      (
        "{ rules: [{ name: 'a', kind: 'cash', threshold: 0, portfolio: 'p-9' }] }",
        "rules[0].portfolio: no portfolio 'p-9'. Did you mean 'p-0'?"
      ),
      (
        "{ rules: [{ name: 'a', kind: 'cash', threshold: 0, label: { branch: 'x' } }] }",
        "rules[0].label.branch: there is no such key"
      ),
      (
        "{ rules: [{ name: 'a', kind: 'weight', threshold: 0.1, level: 0.9 }] }",
        "rules[0].level: there is no such key"
      ),
      (
        "{ rules: [{ name: 'a', kind: 'cash', threshold: 0 }, { name: 'a', kind: 'cash', threshold: 0 }] }",
        "rules[1].name: found the name \"a\" again"
      ),
      ("{ profiles: false }", "rules: is missing"), ("[]", "expected an object"),
      ("{ rules: 5 }", "rules: found the number 5"), ("{", "line 1"),
    ])
  func refuses(text: String, reason: String) throws {
    let book = try HistoryBook(clients: 3, bars: 30)
    do {
      _ = try rules(text, book)
      Issue.record("'\(text)' was read")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }

  @Test("a book's checks are those of its portfolios, for any number of workers")
  func checks() throws {
    let book = try HistoryBook()
    let file = try rules(
      "{ rules: [{ name: 'v', kind: 'volatility', threshold: 0.01 }, { name: 'w', kind: 'weight', threshold: 0.2 }] }",
      book)
    var texts: Set<String> = []
    for workers in [1, 2, 7] {
      let session = try book.session(workers: workers)
      let outcome = try BookCheckJob(
        session: session, portfolios: Array(session.book.portfolios.indices),
        asOf: session.market.lastEnd, rules: file, showsAll: true
      ).run()
      texts.insert(try outcome.report.json())
      #expect(outcome.breachCount > 0 && outcome.portfolioCount > 0)
    }
    #expect(texts.count == 1)
  }

  @Test("a what-if reads trades and files, and leaves the book as it was")
  func whatIf() throws {
    let book = try HistoryBook()
    let session = try book.session()
    let hash = session.contentHash
    var options = WhatIfJob.Options()
    options.trades = ["sell all AAA", "buy 1 CCC @ 0.5"]
    options.files = [
      try book.folder.write(
        "time,wallet,kind,symbol,quantity,price,amount\n2014-01-05,w-0,deposit,,,,100\n2014-01-05,w-0,buy,BBB,1,90,\n",
        to: "trades.csv")
    ]
    func run(_ options: WhatIfJob.Options) throws -> WhatIfJob.Outcome {
      try WhatIfJob(session: session, portfolio: 0, asOf: session.market.lastEnd, options: options)
        .run()
    }
    let outcome = try run(options)
    #expect(outcome.report.groups.map(\.name) == ["whole", "trades", "symbols", "limits"])
    let trades = try #require(outcome.report.groups.first { $0.name == "trades" })
    #expect(trades.dimensions[0].labels.count == 4)
    #expect(try BookStore.open(book.path).contentHash == hash)

    func refusal(_ change: (inout WhatIfJob.Options) -> Void) -> String {
      var options = WhatIfJob.Options()
      change(&options)
      do {
        _ = try run(options)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.trades = ["buy 1 AAB"] }.contains("Did you mean 'AAA'?"))
    #expect(refusal { $0.trades = ["buy 1000000 AAA"] }.contains("wallet w-0 has "))
    let other = try book.folder.write(
      "time,wallet,kind,amount\n2014-01-05,w-1,deposit,100\n", to: "other.csv")
    #expect(refusal { $0.files = [other] }.contains("other.csv, line 2: it is of portfolio p-1"))
  }
}

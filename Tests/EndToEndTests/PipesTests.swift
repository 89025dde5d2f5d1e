import Foundation
import TestSupport
import Testing

/// What happens at the other end of standard output and input is no failure of `apus`.
@Suite struct PipesTests {
  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    try place.folder.write("date,symbol,close\n2020-01-02,A,1\n2020-01-03,A,2\n", to: "a.csv")
    try await place.done("sweep a.json5 -o r.h5 --quiet")
    return place
  }

  /// A reader that is gone when the results come: the work is done all the same, and nothing is said.
  @Test(arguments: [
    "generate --bars 9 --symbols 1 --store new.h5 --json", "import a.csv --store new.h5",
    "inspect prices.h5", "inspect r.h5 --json", "sweep a.json5 -o new.h5",
    "backtest a.json5 --set fast=2 --set slow=10 -o new.h5", "rank r.h5", "replay r.h5 --lane 1",
    "export r.h5", "export r.h5 --to json", "functions", "metrics --json",
    "completions bash", "help sweep",
  ])
  func aReaderThatHasLeft(words: String) async throws {
    let place = try await place()
    let result = try await RunApus.shell(
      "{ sleep 0.1; apus \(words) 2> errors; echo $? > status; } | true; while [ ! -s status ]; do sleep 0.05; done",
      in: place.folder)
    result.expectDone()
    #expect(try place.folder.read("status") == "0\n")
    #expect(try !place.folder.read("errors").contains("error"))
    if words.contains("new.h5") { try await place.done("inspect new.h5") }
  }

  @Test func aReaderThatSeesOneLine() async throws {
    let place = try await place()
    // Far more than a pipe holds.
    try await place.makeStore("wide.h5", "--bars 3 --symbols 5000")
    let result = try await RunApus.shell(
      "{ apus inspect wide.h5 --symbols; echo $? >&2; } | head -1", in: place.folder)
    #expect(result.output.hasPrefix("symbol  name "))
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.errors == "0\n")
  }

  @Test func resultsThatCannotBeWrittenEndInThree() async throws {
    let place = try await place()
    for words in [
      "export r.h5", "rank r.h5", "inspect prices.h5", "metrics", "replay r.h5 --lane 1",
    ] {
      let result = try await RunApus.shell("apus \(words) > /dev/full", in: place.folder)
      #expect(result.status == 3)
      #expect(result.errors.hasPrefix("error: standard output: can't be written: No space left"))
    }
  }

  @Test func verbsChain() async throws {
    let place = try await place()
    let result = try await RunApus.shell(
      """
      set -e
      gzip -c a.csv | apus import - --store s.h5 --quiet > summary
      sed s/prices.h5/s.h5/ a.json5 | apus sweep - -o s-run.h5 --set execution.fill=next_close --quiet > table
      apus export s-run.h5 | tail -n +2 | wc -l
      """, in: place.folder)
    result.expectDone()
    #expect(result.output.filter(\.isNumber) == "15")
  }

  /// Closed standard streams are no place for data files.
  @Test func closedStreams() async throws {
    let place = try await place()
    let result = try await RunApus.shell(
      "apus sweep a.json5 -o new.h5 --quiet <&- >&- 2>&-; echo $?", in: place.folder)
    #expect(result.output == "3\n", "the table could not be printed")
    #expect(try await place.json("inspect new.h5")["lanes_ok"].int == 60)
  }
}

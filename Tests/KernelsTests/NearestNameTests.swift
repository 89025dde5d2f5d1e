import Kernels
import Testing

@Suite struct NearestNameTests {
  static let names = ["sharpe", "sortino", "calmar", "max_drawdown", "total_return", "trades"]

  @Test(arguments: [
    ("shrpe", "sharpe"),  // a letter left out
    ("sharppe", "sharpe"),  // one too many
    ("sharpr", "sharpe"),  // a wrong one
    ("shapre", "sharpe"),  // two swapped
    ("SHARPE", "sharpe"),
    ("Sortnio", "sortino"),
    ("maxdrawdown", "max_drawdown"),
    ("max_draw_downs", "max_drawdown"),
    ("totla_retrun", "total_return"),
    ("trade", "trades"),
    ("sharpe", "sharpe"),
  ])
  func misspeltNameIsFound(name: String, meant: String) {
    #expect(nearestName(to: name, among: Self.names) == meant)
  }

  @Test(arguments: ["", "x", "beta", "sha", "drawdown", "volatility", "an_entirely_other_name"])
  func farNameIsNil(name: String) {
    #expect(nearestName(to: name, among: Self.names) == nil)
  }

  @Test func limitIsAThirdOfALongName() {
    let nine = "abcdefghi"
    #expect(nearestName(to: nine, among: ["xyzdefghi"]) == "xyzdefghi")
    #expect(nearestName(to: nine, among: ["xyzwefghi"]) == nil)
    #expect(nearestName(to: "abcdefgh", among: ["xyzdefgh"]) == nil)
  }

  @Test func aSwapIsOneStep() {
    // Two replacements would be as far as `abyz`; a swap is nearer.
    #expect(nearestName(to: "abcd", among: ["abyz", "abdc"]) == "abdc")
  }

  @Test func nothingInCommonIsNil() {
    #expect(nearestName(to: "ab", among: ["xy"]) == nil)
    #expect(nearestName(to: "ab", among: ["ax"]) == "ax")
    #expect(nearestName(to: "sharpe", among: [String]()) == nil)
  }

  @Test func firstOfEqualsWins() {
    #expect(nearestName(to: "smi", among: ["sma", "smb"]) == "sma")
    #expect(nearestName(to: "smi", among: ["smb", "sma"]) == "smb")
  }

  @Test func hugeNamesEnd() {
    let huge = String(repeating: "a", count: 1_000_000)
    #expect(nearestName(to: huge, among: Self.names) == nil)
  }
}

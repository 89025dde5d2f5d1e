import Advice
import Testing

@Suite struct AdviceErrorTests {
  @Test("an error names the portfolio")
  func names() {
    #expect(
      "\(AdviceError.impossible(portfolio: "p1", reason: "no symbol is left"))".contains("p1"))
  }
}

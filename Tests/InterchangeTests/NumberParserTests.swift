import Glibc
import Interchange
import Testing

private func parse(_ text: String) -> (NumberParser.Outcome, Double) {
  Array(text.utf8).withUnsafeBufferPointer { NumberParser.parse($0) }
}

@Suite struct NumberParserTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func equalsStrtodBitForBit(seed: UInt64) {
    var random = SplitMix(seed)
    var worst: [String] = []
    for _ in 0..<200_000 {
      let text = randomDecimal(&random)
      let (outcome, value) = parse(text)
      let expected = strtod(text, nil)
      let same =
        expected.isFinite
        ? outcome == .number && value.bitPattern == expected.bitPattern : outcome == .notFinite
      if !same { worst.append(text) }
    }
    #expect(worst.isEmpty, "seed \(seed): \(worst.prefix(5))")
  }

  private func randomDecimal(_ random: inout SplitMix) -> String {
    func digits(_ count: Int) -> String {
      String((0..<count).map { _ in Character(UnicodeScalar(UInt8(48 + random.below(10)))) })
    }
    var text = ["", "", "-", "+"][random.below(4)]
    let longest = [3, 9, 17, 22][random.below(4)]
    let whole = digits(random.below(longest + 1))
    let fraction = digits(random.below(longest + 1))
    text += whole
    if !fraction.isEmpty || whole.isEmpty { text += "." + (fraction.isEmpty ? "5" : fraction) }
    switch random.below(6) {
    case 0: text += "e\(random.below(60) - 30)"
    case 1: text += "E+\(random.below(400))"
    case 2: text += "e-\(random.below(400))"
    default: break
    }
    return text
  }

  // Ties and neighbours of ties, where a second rounding would show.
  @Test(arguments: [
    "9007199254740993", "9007199254740993.0", "900719925474099.25", "0.9007199254740993",
    "1.00000000000000011102230246251565", "1.0000000000000001110", "1.000000000000000111",
    "18446744073709551615", "9999999999999999999", "0.9999999999999999999", "0.1", "123456.789",
    "4.9e-324", "2.4703282292062327e-324", "1.7976931348623157e308", "71011441.25451232", "1.",
    ".5",
    "00000000000000000000001.5", "0e99999999999999999999", "1e-99999999999999999999", "0.0", "-0",
  ])
  func hardCases(text: String) {
    let (outcome, value) = parse(text)
    #expect(outcome == .number)
    #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(value)")
  }

  @Test(arguments: [
    "abc", "-", "+", ".", "1.2.3", "1e", "1e+", "e5", "0x10", "1,5", "1 2", "--1", "1f", "٣",
    "1_000",
    "$1", "null", "NA",
  ])
  func otherTextIsNoNumber(text: String) {
    #expect(parse(text).0 == .notNumber)
    #expect(parse(text).1.isNaN)
  }

  @Test(arguments: ["nan", "NaN", "-inf", "Infinity", "1e999", "-1e400"])
  func infinitiesAndNaNAreNotFinite(text: String) {
    #expect(parse(text).0 == .notFinite)
  }

  @Test func spacesAreTrimmed() {
    #expect(parse(" \t").0 == .empty)
    #expect(parse("").0 == .empty)
    #expect(parse(" 1.5 ").1 == 1.5)
  }
}

/// Steele, Lea and Flood's SplitMix64: small, seeded, the same everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

import Allocation
import Kernels

/// The efficient frontier as an SVG picture: volatility to the right, expected return upwards, both a year.
struct FrontierPicture {
  /// The picture.
  let svg: String

  private struct Scale {
    let low: Double
    let high: Double
    /// Pixels of `low` and `high`.
    let from: Double
    let to: Double

    /// A scale with a little room around values.
    init(_ values: [Double], from: Double, to: Double, includesZero: Bool) {
      let known = values.filter(\.isFinite) + (includesZero ? [0] : [])
      var (low, high) = (known.min() ?? 0, known.max() ?? 1)
      if !(high - low > 1e-12) { (low, high) = (low - 0.01, high + 0.01) }
      let room = (high - low) * 0.06
      self.low = includesZero && low == 0 ? 0 : low - room
      self.high = high + room
      self.from = from
      self.to = to
    }

    func pixel(_ value: Double) -> String {
      FrontierPicture.decimal(from + (value - low) / (high - low) * (to - from), 1)
    }

    /// Round values, five or so.
    var ticks: [Double] {
      var step = 1.0
      let wanted = (high - low) / 5
      while step > wanted { step /= 10 }
      while step * 10 <= wanted { step *= 10 }
      for factor in [5.0, 2] where step * factor <= wanted {
        step *= factor
        break
      }
      let first = Int((low / step).rounded(.up))
      let last = Int((high / step).rounded(.down))
      return first <= last ? (first...last).map { Double($0) * step } : []
    }
  }

  init(_ plan: AllocatePlan, _ solution: AllocateSolution, _ frontier: Frontier) {
    let methods = solution.rows.indices.compactMap {
      method -> (name: String, volatility: Double, expected: Double)? in
      let (expected, volatility) = solution.beliefs(method)
      return expected.isFinite && volatility.isFinite
        ? (plan.methods[method], volatility, expected) : nil
    }
    // Names of hundreds of symbols would hide each other.
    let singles = frontier.singles.count <= 60 ? frontier.singles : []
    let x = Scale(
      frontier.volatilities + methods.map(\.volatility) + singles.map(\.volatility), from: 70,
      to: 780, includesZero: true)
    let y = Scale(
      frontier.returns + methods.map(\.expected) + singles.map(\.expected), from: 500, to: 40,
      includesZero: false)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 560\" font-family=\"sans-serif\" "
        + "font-size=\"12\" fill=\"#222\">",
      "<title>Efficient frontier: \(Self.escaped(plan.spec.name))</title>",
      "<rect width=\"820\" height=\"560\" fill=\"#fff\"/>",
    ]
    for tick in x.ticks {
      let place = x.pixel(tick)
      lines.append("<path d=\"M\(place) 40V500\" stroke=\"#e5e5e5\"/>")
      lines.append(
        "<text x=\"\(place)\" y=\"518\" text-anchor=\"middle\">\(Self.percent(tick))</text>")
    }
    for tick in y.ticks {
      let place = y.pixel(tick)
      lines.append("<path d=\"M70 \(place)H780\" stroke=\"#e5e5e5\"/>")
      lines.append(
        "<text x=\"62\" y=\"\(place)\" dy=\"4\" text-anchor=\"end\">\(Self.percent(tick))</text>")
    }
    lines.append("<path d=\"M70 40V500H780\" fill=\"none\" stroke=\"#888\"/>")
    lines.append("<text x=\"425\" y=\"545\" text-anchor=\"middle\">volatility a year</text>")
    lines.append(
      "<text x=\"18\" y=\"270\" text-anchor=\"middle\" transform=\"rotate(-90 18 270)\">expected return a "
        + "year</text>")
    for single in singles {
      let (left, top) = (x.pixel(single.volatility), y.pixel(single.expected))
      lines.append("<circle cx=\"\(left)\" cy=\"\(top)\" r=\"2.5\" fill=\"#999\"/>")
      lines.append(
        "<text x=\"\(left)\" y=\"\(top)\" dx=\"5\" dy=\"3\" font-size=\"9\" fill=\"#777\">"
          + "\(Self.escaped(single.name))</text>")
    }
    let curve = zip(frontier.volatilities, frontier.returns).map {
      "\(x.pixel($0)) \(y.pixel($1))"
    }
    lines.append(
      "<path d=\"M\(curve.joined(separator: "L"))\" fill=\"none\" stroke=\"#1f5fbf\" stroke-width=\"2\"/>"
    )
    for method in methods {
      let (left, top) = (x.pixel(method.volatility), y.pixel(method.expected))
      lines.append("<circle cx=\"\(left)\" cy=\"\(top)\" r=\"4.5\" fill=\"#c0392b\"/>")
      lines.append(
        "<text x=\"\(left)\" y=\"\(top)\" dx=\"8\" dy=\"4\" font-weight=\"bold\">"
          + "\(Self.escaped(method.name))</text>")
    }
    lines.append("</svg>")
    svg = lines.joined(separator: "\n") + "\n"
  }

  /// A number with some decimals, the same on every machine.
  static func decimal(_ value: Double, _ places: Int) -> String {
    let scale = places == 1 ? 10.0 : 1
    let whole = (value * scale).rounded()
    guard whole.magnitude < 1e15 else { return "0" }
    let number = whole / scale
    return number == number.rounded() ? "\(Int(number))" : "\(number)"
  }

  private static func percent(_ value: Double) -> String { "\(decimal(value * 100, 1)) %" }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}

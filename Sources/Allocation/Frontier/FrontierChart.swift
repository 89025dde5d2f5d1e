/// The picture of an efficient frontier, as SVG text that reads in light and dark.
public enum FrontierChart {
  /// A portfolio to mark beside the frontier.
  public struct Mark: Sendable {
    /// Its name.
    public var name: String
    /// Volatility a year, a fraction.
    public var volatilityAnnualized: Double
    /// Expected return a year, a fraction.
    public var returnAnnualized: Double

    /// A mark.
    public init(name: String, volatilityAnnualized: Double, returnAnnualized: Double) {
      self.name = name
      self.volatilityAnnualized = volatilityAnnualized
      self.returnAnnualized = returnAnnualized
    }
  }

  private static let (width, height) = (720.0, 440.0)
  private static let (left, right, top, bottom) = (64.0, 24.0, 44.0, 52.0)

  /// Draws the curve, its point of largest Sharpe ratio, symbols alone and marks; equal arguments give equal text.
  ///
  /// - Parameters:
  ///   - title: the heading; any text.
  ///   - marks: portfolios to name, such as those of the methods; what is not finite is left out.
  ///   - labelsAtMost: symbols are named if there are no more than so many.
  public static func svg(
    _ frontier: EfficientFrontier, title: String = "Efficient frontier", marks: [Mark] = [],
    labelsAtMost: Int = 30
  ) -> String {
    let curve = zip(frontier.volatilityAnnualized, frontier.returnAnnualized).map { ($0, $1) }
    let alone = zip(frontier.symbolVolatilityAnnualized, frontier.symbolReturnAnnualized)
      .map { ($0, $1) }
    let named = marks.filter {
      $0.volatilityAnnualized.isFinite && $0.returnAnnualized.isFinite
    }
    let all = curve + alone + named.map { ($0.volatilityAnnualized, $0.returnAnnualized) }
    let across = Scale(
      [0] + all.map(\.0), from: left, to: width - right)
    let upwards = Scale(all.map(\.1), from: height - bottom, to: top)
    func place(_ point: (Double, Double)) -> (x: Double, y: Double) {
      (across.place(point.0), upwards.place(point.1))
    }
    let line = curve.map(place)
    var dots = named.map {
      Dot(
        name: $0.name, style: "mark", at: place(($0.volatilityAnnualized, $0.returnAnnualized)))
    }
    if let best = frontier.sharpeAnnualized.indices.filter({
      frontier.sharpeAnnualized[$0].isFinite
    }).max(by: { frontier.sharpeAnnualized[$0] < frontier.sharpeAnnualized[$1] }) {
      let name = "largest Sharpe \(decimal(frontier.sharpeAnnualized[best], 2))"
      dots.insert(Dot(name: name, style: "best", at: line[best]), at: 0)
    }
    let symbols = zip(frontier.symbols, alone).map {
      Dot(name: $0, style: "symbol", at: place($1))
    }
    var labels = LabelPlacement(
      frame: .init(x: left + 2, y: top, width: width - left - 6, height: height - top - bottom),
      avoiding: dense(line) + (dots + symbols).map(\.at))
    // Methods before symbols, which also say their names when pointed at.
    let texts =
      dots.flatMap { label($0, &labels) }
      + (symbols.count > labelsAtMost ? [] : symbols.flatMap { label($0, &labels) })
    let path = line.map { "\(decimal($0.x, 1)),\(decimal($0.y, 1))" }
    var lines = opening(title)
    lines += axes(across, upwards)
    lines += symbols.map(circle)
    lines.append("<polyline class=\"curve\" points=\"\(path.joined(separator: " "))\"/>")
    lines += dots.map(circle)
    lines += texts
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Dot {
    var name: String
    var style: String
    var at: (x: Double, y: Double)
    var isSmall: Bool { style == "symbol" }
  }

  private static func circle(_ dot: Dot) -> String {
    "<circle class=\"\(dot.style)\" cx=\"\(decimal(dot.at.x, 1))\" cy=\"\(decimal(dot.at.y, 1))\" "
      + "r=\"\(dot.isSmall ? 3 : 5)\"><title>\(escaped(dot.name))</title></circle>"
  }

  /// The name beside a dot, with a line to it where it is some way off; nothing where there is no room.
  private static func label(_ dot: Dot, _ labels: inout LabelPlacement) -> [String] {
    guard let place = labels.place(dot.name, size: dot.isSmall ? 10 : 12, by: dot.at) else {
      return []
    }
    let style = dot.isSmall ? " class=\"small\"" : ""
    let text =
      "<text\(style) x=\"\(decimal(place.at.x, 1))\" y=\"\(decimal(place.at.y, 1))\" "
      + "text-anchor=\"\(place.anchor)\">\(escaped(dot.name))</text>"
    guard let end = place.leader else { return [text] }
    return [
      "<line class=\"leader\" x1=\"\(decimal(dot.at.x, 1))\" y1=\"\(decimal(dot.at.y, 1))\" "
        + "x2=\"\(decimal(end.x, 1))\" y2=\"\(decimal(end.y, 1))\"/>", text,
    ]
  }

  /// Points every few pixels along a line.
  private static func dense(_ line: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    zip(line, line.dropFirst()).flatMap { a, b in
      let length = max(abs(b.x - a.x), abs(b.y - a.y))
      let steps = length > 8 && length < 1e4 ? Int(length / 8) : 1
      return (0...steps).map { step in
        let part = Double(step) / Double(steps)
        return (x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y))
      }
    }
  }

  private static func opening(_ title: String) -> [String] {
    [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 440\" width=\"720\" "
        + "height=\"440\" role=\"img\">",
      "<title>\(escaped(title))</title>",
      "<style>",
      "svg{--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--curve:#0969da;--best:#bc4c00;"
        + "--page:#ffffff}",
      "@media (prefers-color-scheme:dark){svg{--ink:#f0f6fc;--soft:#9198a1;--line:#3d444d;"
        + "--curve:#4493f8;--best:#f0883e;--page:#0d1117}}",
      "text{font:12px system-ui,sans-serif;fill:var(--ink)}",
      ".small{font-size:10px;fill:var(--soft)}.head{font-size:15px;font-weight:600}",
      ".grid{stroke:var(--line);stroke-width:1}.curve{fill:none;stroke:var(--curve);"
        + "stroke-width:2.5;stroke-linejoin:round}",
      ".symbol{fill:var(--soft)}.best{fill:var(--best)}.mark{fill:var(--curve)}"
        + ".page{fill:var(--page)}.leader{stroke:var(--soft);stroke-width:0.7}",
      "</style>",
      "<rect class=\"page\" width=\"720\" height=\"440\"/>",
      "<text class=\"head\" x=\"64\" y=\"26\">\(escaped(title))</text>",
    ]
  }

  private static func axes(_ across: Scale, _ upwards: Scale) -> [String] {
    var lines: [String] = []
    let floor = decimal(height - bottom, 1)
    for tick in across.ticks {
      let x = decimal(across.place(tick), 1)
      lines.append(
        "<line class=\"grid\" x1=\"\(x)\" y1=\"\(decimal(top, 1))\" x2=\"\(x)\" y2=\"\(floor)\"/>")
      lines.append(
        "<text class=\"small\" x=\"\(x)\" y=\"\(decimal(height - bottom + 16, 1))\" "
          + "text-anchor=\"middle\">\(percent(tick, across.step))</text>")
    }
    for tick in upwards.ticks {
      let y = decimal(upwards.place(tick), 1)
      lines.append(
        "<line class=\"grid\" x1=\"\(decimal(left, 1))\" y1=\"\(y)\" "
          + "x2=\"\(decimal(width - right, 1))\" y2=\"\(y)\"/>")
      lines.append(
        "<text class=\"small\" x=\"\(decimal(left - 8, 1))\" y=\"\(y)\" dy=\"0.32em\" "
          + "text-anchor=\"end\">\(percent(tick, upwards.step))</text>")
    }
    lines.append(
      "<text x=\"\(decimal((left + width - right) / 2, 1))\" y=\"\(decimal(height - 14, 1))\" "
        + "text-anchor=\"middle\">volatility a year</text>")
    lines.append(
      "<text transform=\"translate(16 \(decimal((top + height - bottom) / 2, 1))) rotate(-90)\" "
        + "text-anchor=\"middle\">expected return a year</text>")
    return lines
  }

  /// From values to places, over a range that ends at ticks.
  private struct Scale {
    let ticks: [Double]
    let step: Double
    private let from: Double
    private let to: Double

    init(_ values: [Double], from: Double, to: Double) {
      self.from = from
      self.to = to
      let finite = values.filter(\.isFinite)
      let low = finite.min() ?? 0
      let high = max(finite.max() ?? 1, low + max(1e-6, abs(low) * 1e-6))
      var step = 1e-8
      // 1, 2 and 5 times powers of ten: the first that needs at most seven.
      search: while true {
        for factor in [1.0, 2, 5] where (high - low) / (step * factor) <= 7 {
          step *= factor
          break search
        }
        step *= 10
        if step > 1e12 { break }
      }
      self.step = step
      let first = (low / step).rounded(.down)
      let last = (high / step).rounded(.up)
      ticks = stride(from: first, through: min(last, first + 20), by: 1).map { $0 * step }
    }

    func place(_ value: Double) -> Double {
      let (low, high) = (ticks[0], ticks[ticks.count - 1])
      return from + (to - from) * (high > low ? (value - low) / (high - low) : 0.5)
    }
  }

  private static func percent(_ value: Double, _ step: Double) -> String {
    var places = 0
    var unit = step * 100
    while unit < 0.999, places < 8 {
      unit *= 10
      places += 1
    }
    return decimal(value * 100, places) + " %"
  }

  /// A number with so many places; huge ones as they are.
  private static func decimal(_ value: Double, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let digits = Int64(scaled)
    let sign = value < 0 && digits > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(digits)" }
    let fraction = String(digits % Int64(scale))
    return sign + "\(digits / Int64(scale))."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  private static func escaped(_ text: String) -> String {
    var safe = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      // XML has no place for control characters.
      case _ where character.value < 0x20: safe += " "
      default: safe.unicodeScalars.append(character)
      }
    }
    return safe
  }
}

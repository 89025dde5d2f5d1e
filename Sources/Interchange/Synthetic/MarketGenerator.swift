import Dispatch
import Glibc
import Kernels
import Market

/// Makes a correlated market of open, high, low, close and volume from a seed.
///
/// One factor: the log return of a symbol is its beta times the market's, plus its own; gaps,
/// ranges and volumes are drawn around it. Every bar keeps low ≤ open, close ≤ high, and prices
/// stay above zero.
///
/// A value depends only on the options that shape the market, the seed, its symbol and its bar:
/// more symbols or more bars leave those before them as they were (but a late listing falls within
/// the first half, so it moves with the number of bars), and the number of threads changes nothing.
/// No result of libm is used: the same bits everywhere.
public enum MarketGenerator {
  /// The eleven sectors of the Global Industry Classification Standard, handed out in turn.
  public static let sectors = [
    "Energy", "Materials", "Industrials", "Consumer Discretionary", "Consumer Staples",
    "Health Care", "Financials", "Information Technology", "Communication Services", "Utilities",
    "Real Estate",
  ]

  // Eight doubles are a cache line, so two workers never write to the same one (but at a row's
  // seams).
  private static let blockWidth = 8
  private static let fieldNames = ["open", "high", "low", "close", "volume"]

  /// Generates a panel with the symbols `S0000`, `S0001`, ….
  public static func draft(_ options: MarketOptions) throws(ImportError) -> PanelDraft {
    try options.check()
    try checkSize(options)
    let times = try MarketClock.times(options)
    let model = Model(options)
    let market = marketReturns(options, model)
    let cells = options.bars * options.symbols
    let fields = FieldMemory(fields: fieldNames.count, cells: cells)
    let blocks = (options.symbols + blockWidth - 1) / blockWidth
    DispatchQueue.concurrentPerform(iterations: blocks) { block in
      let first = block * blockWidth
      for symbol in first..<min(first + blockWidth, options.symbols) {
        generate(symbol, options, model, market, fields)
      }
    }
    return PanelDraft(
      name: options.panel
        ?? "\(options.calendar.rawValue)_\(options.frequency == .daily ? "1d" : "1m")",
      timeNs: times, symbols: entries(options), calendar: Calendar(options.calendar),
      frequencyNs: MarketClock.step(options), fields: fields.take(names: fieldNames))
  }

  private static func checkSize(_ options: MarketOptions) throws(ImportError) {
    let bytes = options.bars * options.symbols * fieldNames.count * 8
    let limit = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2
    if bytes > limit {
      throw .tooLarge(
        bars: options.bars, symbols: options.symbols, fields: fieldNames.count, bytes: bytes,
        limit: limit)
    }
  }

  private static func entries(_ options: MarketOptions) -> [SymbolTable.Entry] {
    (0..<options.symbols).map { index in
      let digits = String(index)
      let symbol = "S" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      return SymbolTable.Entry(
        symbol: symbol, name: "Synthetic \(digits)", sector: sectors[index % sectors.count],
        exchange: "SYNTHETIC", currency: "USD", tick: options.decimals.map { 1 / tenTo($0) } ?? .nan
      )
    }
  }

  static func tenTo(_ power: Int) -> Double { (0..<power).reduce(1.0) { value, _ in value * 10 } }

  // MARK: Model

  /// The constants of a market, per bar.
  struct Model: Sendable {
    // Streams of one seed: the market, and the symbols.
    static let marketStream: UInt32 = 0
    static let symbolStream: UInt32 = 1
    static let profileStream: UInt32 = 2

    var marketVolatility: Double
    var ownVolatility: Double
    var barVolatility: Double
    var drift: Double
    /// Share of a day's volatility in the gap from close to open; minutes follow each other
    /// closely.
    var gap: Double
    var meanLogVolume: Double

    init(_ options: MarketOptions) {
      let calendar = Calendar(options.calendar)
      let barsPerYear = calendar.barsPerYear(frequencyNs: MarketClock.step(options))
      barVolatility = options.annualVolatility / barsPerYear.squareRoot()
      // 0.6² + 0.8² = 1: a beta of 1 keeps the total, and two such symbols correlate by 0.36.
      marketVolatility = 0.6 * barVolatility
      ownVolatility = 0.8 * barVolatility
      drift = options.annualDrift / barsPerYear
      gap = options.frequency == .daily ? 0.3 : 0.05
      // About e¹⁴ ≈ 1.2 million shares a day.
      let barsPerDay = options.frequency == .daily ? 1.0 : options.calendar == .crypto ? 1440 : 390
      meanLogVolume = 14 - DeterministicMath.log(barsPerDay)
    }
  }

  private static func marketReturns(_ options: MarketOptions, _ model: Model) -> [Double] {
    let stream = PhiloxStream(seed: options.seed, stream: Model.marketStream)
    return (0..<options.bars).map {
      model.marketVolatility * stream.normals(step: UInt32($0))[0]
    }
  }

  // MARK: One symbol

  private static func generate(
    _ symbol: Int, _ options: MarketOptions, _ model: Model, _ market: [Double],
    _ fields: FieldMemory
  ) {
    let id = UInt32(symbol)
    let profile = PhiloxStream(seed: options.seed, stream: Model.profileStream, symbol: id)
    let stream = PhiloxStream(seed: options.seed, stream: Model.symbolStream, symbol: id)
    let traits = profile.normals(step: 0)
    let beta = max(0, 1 + options.betaSpread * traits[0])
    let logVolume = model.meanLogVolume + traits[1]
    let rounding = Rounding(options.decimals)
    let listing = listingBar(profile, options)
    // First prices spread evenly in the logarithm over 20…200.
    var logPrice =
      DeterministicMath.log(20) + profile.uniforms(step: 1)[0] * DeterministicMath.log(10)
    let variance =
      beta * beta * model.marketVolatility * model.marketVolatility
      + model.ownVolatility * model.ownVolatility
    var previous = DeterministicMath.exp(logPrice)
    for bar in 0..<options.bars {
      let step = UInt32(bar)
      let move = stream.normals(step: step)
      let reach = stream.normals(step: step, draw: 1)
      let rest = stream.uniforms(step: step, draw: 2)
      logPrice += model.drift - 0.5 * variance + beta * market[bar] + model.ownVolatility * move[0]
      // Far outside any market; keeps `exp` and volumes finite for whatever volatility was asked.
      logPrice = min(max(logPrice, -12), 18)
      let close = DeterministicMath.exp(logPrice)
      let open = previous * DeterministicMath.exp(model.gap * model.barVolatility * move[1])
      previous = close
      if bar < listing || rest[0] < options.missingFraction { continue }
      let high = max(open, close) * DeterministicMath.exp(0.5 * model.barVolatility * abs(reach[0]))
      let low = min(open, close) * DeterministicMath.exp(-0.5 * model.barVolatility * abs(reach[1]))
      let noise = DeterministicMath.normalQuantile(rest[1])
      let volume = DeterministicMath.exp(logVolume + 0.4 * noise).rounded(.toNearestOrEven)
      // Rounding keeps order, so the rule on prices still holds.
      let cell = bar * options.symbols + symbol
      fields.store(rounding.apply(open), 0, cell)
      fields.store(rounding.apply(high), 1, cell)
      fields.store(rounding.apply(low), 2, cell)
      fields.store(rounding.apply(close), 3, cell)
      fields.store(volume, 4, cell)
    }
  }

  private static func listingBar(_ profile: PhiloxStream, _ options: MarketOptions) -> Int {
    let late = profile.uniforms(step: 2)
    return late[0] < options.lateListingFraction ? 1 + Int(late[1] * Double(options.bars / 2)) : 0
  }

  /// Rounds prices to a tick, and never below one.
  private struct Rounding {
    let scale: Double?

    init(_ decimals: Int?) { scale = decimals.map(tenTo) }

    func apply(_ price: Double) -> Double {
      guard let scale else { return price }
      return max(1, (price * scale).rounded(.toNearestOrEven)) / scale
    }
  }
}

/// The fields of a panel under construction: workers write, each to its own columns.
private final class FieldMemory: @unchecked Sendable {
  // Safe across threads because no two symbols share a cell, and one worker has all bars of a
  // symbol.
  private var arrays: [UnsafeMutableBufferPointer<Double>]

  init(fields: Int, cells: Int) {
    arrays = (0..<fields).map { _ in
      let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: cells)
      memory.initialize(repeating: .nan)
      return memory
    }
  }

  deinit { for memory in arrays { memory.deallocate() } }

  func store(_ value: Double, _ field: Int, _ cell: Int) { arrays[field][cell] = value }

  /// Copies the fields out, one at a time, giving each one's memory back.
  func take(names: [String]) -> [PanelDraft.Field] {
    defer { arrays = [] }
    return zip(names, arrays).map { name, memory in
      defer { memory.deallocate() }
      return PanelDraft.Field(name: name, values: Array(memory))
    }
  }
}

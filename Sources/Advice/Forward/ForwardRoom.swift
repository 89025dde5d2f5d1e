import Kernels

/// What a worker keeps from path to path: growths of eight paths, tables of one, and money of one block.
final class ForwardRoom {
  let run: ForwardRun
  /// Of paths with curves.
  let follower: (any ForwardFollower)?
  /// `[8, bars, N]`.
  let growths: AlignedBuffer<Double>
  /// Growths since the last stop in a currency: `[bars, N]`.
  private let table: AlignedBuffer<Double>
  /// What one of a currency is worth in that of the market, before each bar and after the last: `[K, bars + 1]`.
  private let rates: AlignedBuffer<Double>
  /// The same by chunk of bars and factor, `[chunks, N, columnStride]`, and a chunk behind the last; nothing where nobody goes by entries.
  ///
  /// What a chunk of bars needs lies on few pages.
  private let columns: AlignedBuffer<Double>
  /// Bars of the longest chunk, and at least so many.
  let columnStride: Int
  /// Worth of eight portfolios of few factors `[8, chunk]`, and the rows that one holds.
  let lanes: AlignedBuffer<Double>
  let pointers: AlignedBuffer<UnsafePointer<Double>>
  /// Money by factor of a block `[N, width]`, or by entry.
  let amounts: AlignedBuffer<Double>
  /// Worth of a block after some bars: `[chunk, width]`.
  let values: AlignedBuffer<Double>
  let states: AlignedBuffer<ForwardState>
  /// Worth of sums after each bar: `[G, bars]`.
  let sums: AlignedBuffer<Double>

  /// Bars that are computed at once: their worth stays in the nearest cache.
  static let chunk = HeldRowBlock.pass

  init(_ run: ForwardRun) {
    self.run = run
    follower = run.paths.makeFollower()
    let (bars, factors) = (run.paths.bars, run.paths.factors)
    growths = AlignedBuffer(repeating: 1, count: ForwardPaths.together * bars * factors)
    table = AlignedBuffer(repeating: 1, count: bars * factors)
    let isSparse = run.blocks.contains { $0.entries != nil }
    let chunks = (run.chunkOfBar.last?.chunk ?? -1) + 1
    let longest = 1 + (run.chunkOfBar.map(\.place).max() ?? 0)
    columnStride = longest < laneWidth ? longest : (longest + laneWidth - 1) & ~(laneWidth - 1)
    // Whoever reads a chunk reads all of it, into the next column where it is shorter.
    columns = AlignedBuffer(
      repeating: 1, count: isSparse ? chunks * factors * columnStride + Self.chunk : 0)
    lanes = AlignedBuffer(repeating: 1, count: laneWidth * Self.chunk)
    pointers = AlignedBuffer(
      repeating: UnsafePointer(lanes.base), count: isSparse ? factors : 0)
    rates = AlignedBuffer(repeating: 1, count: run.factors.currencies.count * (bars + 1))
    amounts = AlignedBuffer(repeating: 0, count: factors * ForwardBlock.most)
    values = AlignedBuffer(repeating: 0, count: Self.chunk * ForwardBlock.most)
    states = AlignedBuffer(
      repeating: ForwardState(equity: Vector(repeating: 1)), count: ForwardBlock.most / 8)
    sums = AlignedBuffer(repeating: 0, count: run.groupCount * bars)
  }

  /// Takes everybody through one of eight paths.
  ///
  /// - Parameters:
  ///   - ended: takes the place of an account, what it is worth at the end, its worst fall and its least growth.
  ///   - watch: takes the place of an account, a bar and what it is worth after it.
  func follow(
    lane: Int, ended: (Int, ForwardEnd) -> Void, watch: ((Int, Int, Double) -> Void)? = nil
  ) {
    let size = run.paths.bars * run.paths.factors
    let growths = growths.base + lane * size
    sums.base.update(repeating: 0, count: sums.count)
    fillRates(growths)
    var currency = -1
    for block in run.blocks {
      if block.currency != currency {
        currency = block.currency
        fillTable(growths, currency)
      }
      follow(block, watch)
      for (column, member) in block.members.enumerated() {
        let state = states[column / 8]
        ended(
          member,
          ForwardEnd(
            value: state.value[column % 8], depth: state.depth[column % 8] - 1,
            least: state.least[column % 8]))
      }
    }
  }

  /// What became of a sum on the path that was followed last.
  func end(of group: Int) -> ForwardEnd {
    let (bars, plan) = (run.paths.bars, run.plan)
    var (value, growth, peak, depth, least) = (run.groupEquity[group], 1.0, 1.0, 1.0, 1.0)
    for bar in 0..<bars {
      var before = value
      if plan.pays(before: bar) {
        for (currency, count) in run.payers[group].enumerated() where count > 0 {
          before += plan.contribution * Double(count) * rates[currency * (bars + 1) + bar]
        }
      }
      value = sums[group * bars + bar]
      growth = before > 0 ? growth * (value / before) : 0
      peak = max(peak, growth)
      least = min(least, growth)
      if growth < depth * peak { depth = growth / peak }
    }
    return ForwardEnd(value: value, depth: depth - 1, least: least)
  }

  private func fillRates(_ growths: UnsafePointer<Double>) {
    let (bars, factors) = (run.paths.bars, run.paths.factors)
    for (currency, rate) in run.rates.enumerated() {
      let to = rates.base + currency * (bars + 1)
      to[0] = rate
      let factor = run.factors.cash(currency)
      for bar in 0..<bars { to[bar + 1] = to[bar] * growths[bar * factors + factor] }
    }
  }

  /// Growths since the last stop, seen from a currency.
  private func fillTable(_ growths: UnsafePointer<Double>, _ currency: Int) {
    let factors = run.paths.factors
    let cash = run.factors.cash(currency)
    for segment in run.stops.indices.dropLast() {
      for bar in run.stops[segment]..<run.stops[segment + 1] {
        let (from, to) = (growths + bar * factors, table.base + bar * factors)
        let last = bar == run.stops[segment] ? nil : to - factors
        for factor in 0..<factors {
          var growth = from[factor]
          if currency != 0, !run.isHomeless[factor] { growth /= from[cash] }
          to[factor] = (last.map { $0[factor] } ?? 1) * growth
        }
        guard columns.count > 0 else { continue }
        let column = self.column(at: bar)
        for factor in 0..<factors { column[factor * columnStride] = to[factor] }
      }
    }
  }

  /// Growths since the last stop at a bar, those of neighbouring factors `columnStride` apart.
  func column(at bar: Int) -> UnsafeMutablePointer<Double> {
    let (chunk, place) = run.chunkOfBar[bar]
    return columns.base + chunk * run.paths.factors * columnStride + place
  }

  // MARK: - A block

  private func follow(_ block: ForwardBlock, _ watch: ((Int, Int, Double) -> Void)?) {
    let (bars, factors, width) = (run.paths.bars, run.paths.factors, block.width)
    block.amounts.withUnsafeBufferPointer {
      if let from = $0.baseAddress { amounts.base.update(from: from, count: block.amounts.count) }
    }
    for place in 0..<width / 8 {
      states[place] = ForwardState(equity: Self.load(block.equity, 8 * place))
    }
    let toMarket = rates.base + block.currency * (bars + 1) + 1
    for segment in run.stops.indices.dropLast() {
      let (begin, end) = (run.stops[segment], run.stops[segment + 1])
      stop(block, before: begin)
      var first = begin
      while first < end {
        let count = min(Self.chunk, end - first)
        if let entries = block.entries {
          value(block, entries, from: first, bars: count)
        } else {
          value(block, table.base + first * factors, bars: count)
        }
        for place in 0..<width / 8 {
          var state = states.base[place]
          for bar in 0..<count {
            let at = UnsafeMutableRawPointer(values.base + bar * width + 8 * place)
            at.storeBytes(
              of: state.record(at.loadUnaligned(as: Vector.self)), as: Vector.self)
          }
          states.base[place] = state
        }
        for bar in 0..<count {
          let row = values.base + bar * width
          for side in block.runs {
            sums.base[side.group * bars + first + bar] +=
              Self.sum(row, side.places) * toMarket[first + bar]
          }
          guard let watch else { continue }
          for (column, member) in block.members.enumerated() {
            watch(member, first + bar, row[column])
          }
        }
        first += count
      }
    }
  }

  /// What is done before a bar.
  private func stop(_ block: ForwardBlock, before bar: Int) {
    let plan = run.plan
    if let entries = block.entries {
      if bar > 0 { grow(entries, to: bar - 1) }
      if plan.pays(before: bar) { pay(block, entries) }
      if block.moves, plan.moves(before: bar) { move(block, entries) }
    } else {
      if bar > 0 { grow(block, table.base + (bar - 1) * run.paths.factors) }
      if plan.pays(before: bar) {
        pay(block) { amounts.base + block.cashRow * block.width + $0 }
      }
      if block.moves, plan.moves(before: bar) { move(block) }
    }
  }

  /// A sum in eight parts, whose order is the same everywhere.
  private static func sum(_ row: UnsafePointer<Double>, _ places: Range<Int>) -> Double {
    var parts = Vector.zero
    var place = places.lowerBound
    while place + 8 <= places.upperBound {
      parts += load(row, place)
      place += 8
    }
    let four = parts.lowHalf + parts.highHalf
    let two = four.lowHalf + four.highHalf
    var sum = two[0] + two[1]
    while place < places.upperBound {
      sum += row[place]
      place += 1
    }
    return sum
  }

  /// Worth after some bars, by growths since the stop.
  private func value(_ block: ForwardBlock, _ growths: UnsafePointer<Double>, bars: Int) {
    let (factors, width) = (run.paths.factors, block.width)
    if block.isSingle {
      for bar in 0..<bars {
        let (from, to) = (growths + bar * factors, values.base + bar * width)
        for column in 0..<width { to[column] = from[block.curves[column]] * amounts[column] }
      }
      return
    }
    run.product.multiply(
      rows: bars, columns: width, inner: factors,
      MatrixProduct.Operand(growths, stride: factors),
      MatrixProduct.Operand(amounts.base, stride: width), into: values.base, stride: width)
  }

  /// Money by factor after the last bar before a stop.
  private func grow(_ block: ForwardBlock, _ growths: UnsafePointer<Double>) {
    let width = block.width
    if block.isSingle {
      for column in 0..<width { amounts.base[column] *= growths[block.curves[column]] }
      return
    }
    for factor in 0..<run.paths.factors {
      let (row, growth) = (amounts.base + factor * width, growths[factor])
      for column in 0..<width { row[column] *= growth }
    }
  }

  /// - Parameter cash: where the money of a member is that payments go to.
  func pay(_ block: ForwardBlock, cash: (Int) -> UnsafeMutablePointer<Double>) {
    for place in 0..<block.width / 8 {
      let before = states.base[place].value
      states.base[place].pay(run.plan.contribution)
      let paid = states.base[place].value - before
      for lane in 0..<min(8, block.members.count - 8 * place) {
        cash(8 * place + lane).pointee += paid[lane]
      }
    }
  }

  /// Back to the weights; what the trades cost is no longer there.
  ///
  /// After costs there is V′ = V − rate · Σ |weight · V′ − amount| over symbols: found by repetition, whose error falls by the rate
  /// each time.
  private func move(_ block: ForwardBlock) {
    let (width, factors) = (block.width, run.paths.factors)
    let symbols = run.factors.columns.count
    let rate = run.plan.costRate
    block.weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      for place in 0..<width / 8 {
        let column = 8 * place
        let value = states.base[place].value
        var left = value
        for _ in 0..<run.plan.rounds {
          var traded = Vector.zero
          for factor in 0..<symbols {
            let wanted = Self.load(weights, factor * width + column) * left
            let change = wanted - Self.load(amounts.base, factor * width + column)
            traded += change.replacing(with: -change, where: change .< 0)
          }
          left = value - rate * traded
          left.replace(with: 0, where: left .< 0)
        }
        for factor in 0..<factors {
          let at = factor * width + column
          UnsafeMutableRawPointer(amounts.base + at).storeBytes(
            of: Self.load(weights, at) * left, as: Vector.self)
        }
        states.base[place].value = left
        states.base[place].alive.replace(with: 0, where: left .<= 0)
      }
    }
  }

  @inline(__always)
  private static func load(_ base: UnsafePointer<Double>, _ place: Int) -> Vector {
    UnsafeRawPointer(base + place).loadUnaligned(as: Vector.self)
  }
}

/// What became of a portfolio on a path.
struct ForwardEnd {
  /// What it is worth at the end.
  var value: Double
  /// The worst fall from a highest growth, 0 to −1.
  var depth: Double
  /// The least growth.
  var least: Double
}

import Kernels

/// Money of a block's portfolios, each by the few factors that it has to do with.
struct ForwardEntries: Sendable {
  /// Where entries of each portfolio begin: `[members + 1]`.
  private(set) var starts = [0]
  /// Factors of entries, ascending within a portfolio: `[E]`.
  private(set) var factors: [Int] = []
  /// Money: `[E]`.
  private(set) var amounts: [Double] = []
  /// Weights that they are moved to: `[E]`, empty unless they are.
  private(set) var weights: [Double] = []
  /// The entry of each portfolio's cash, which payments go to.
  private(set) var cash: [Int] = []

  init(_ accounts: some Sequence<ForwardAccount>, cash home: Int, moves: Bool) {
    for account in accounts {
      var parts = [home: (amount: 0.0, weight: 0.0)]
      for part in account.parts { parts[part.factor, default: (0, 0)].amount = part.amount }
      for part in moves ? account.weights ?? [] : [] {
        parts[part.factor, default: (0, 0)].weight = part.amount
      }
      for (factor, part) in parts.sorted(by: { $0.key < $1.key }) {
        if factor == home { cash.append(factors.count) }
        factors.append(factor)
        amounts.append(part.amount)
        if moves { weights.append(part.weight) }
      }
      starts.append(factors.count)
    }
  }
}

extension ForwardRoom {
  /// Worth after the bars of a chunk, from its first on.
  func value(_ block: ForwardBlock, _ entries: ForwardEntries, from bar: Int, bars: Int) {
    let width = block.width
    let (from, stride) = (UnsafePointer(column(at: bar)), columnStride)
    entries.factors.withUnsafeBufferPointer { factors in
      for place in Swift.stride(from: 0, to: width, by: laneWidth) {
        for lane in 0..<laneWidth {
          let rows = lanes.base + lane * Self.chunk
          guard place + lane < block.members.count else {
            rows.update(repeating: 0, count: bars)
            continue
          }
          let range = entries.starts[place + lane]..<entries.starts[place + lane + 1]
          let (own, count) = (pointers.base, range.count)
          let held = UnsafeBufferPointer(rebasing: factors[range])
          for entry in 0..<count { own[entry] = from + held[entry] &* stride }
          run.kernels.rowSums(UnsafePointer(own), amounts.base + range.lowerBound, count, rows)
        }
        for bar in 0..<bars {
          var vector = Vector.zero
          for lane in 0..<laneWidth { vector[lane] = lanes.base[lane * Self.chunk + bar] }
          UnsafeMutableRawPointer(values.base + bar * width + place).storeBytes(
            of: vector, as: Vector.self)
        }
      }
    }
  }

  /// Money by factor after the last bar before a stop.
  func grow(_ entries: ForwardEntries, to bar: Int) {
    let growths = UnsafePointer(column(at: bar))
    entries.factors.withUnsafeBufferPointer { factors in
      for entry in 0..<factors.count {
        amounts.base[entry] *= growths[factors[entry] &* columnStride]
      }
    }
  }

  func pay(_ block: ForwardBlock, _ entries: ForwardEntries) {
    pay(block) { amounts.base + entries.cash[$0] }
  }

  /// Back to the weights; see `move`.
  func move(_ block: ForwardBlock, _ entries: ForwardEntries) {
    let (symbols, rate) = (run.factors.columns.count, run.plan.costRate)
    entries.weights.withUnsafeBufferPointer { weights in
      for column in block.members.indices {
        let (begin, last) = (entries.starts[column], entries.starts[column + 1])
        // Symbols come first.
        var end = last
        while end > begin, entries.factors[end - 1] >= symbols { end -= 1 }
        let value = states.base[column / 8].value[column % 8]
        var left = value
        for _ in 0..<run.plan.rounds {
          // Four sums hide the latency of an addition.
          var traded = SIMD4<Double>.zero
          var entry = begin
          while entry < end {
            for part in 0..<min(4, end - entry) {
              traded[part] += (weights[entry + part] * left - amounts.base[entry + part]).magnitude
            }
            entry += 4
          }
          left = max(0, value - rate * traded.sum())
        }
        for entry in begin..<last { amounts.base[entry] = weights[entry] * left }
        states.base[column / 8].value[column % 8] = left
        if left <= 0 { states.base[column / 8].alive[column % 8] = 0 }
      }
    }
  }
}

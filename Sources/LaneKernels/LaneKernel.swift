import Kernels

/// The bar loop of the engine: eight lanes a vector, up to eight vectors a bundle, one block of bars at a time.
///
/// All routes give the same bits. `busyBar` is the whole rule book. `quietBars` handles bars in which no lane fills, decides
/// or is stopped, which are most, with its state in local vectors. For invested accounts, `plain` and `levels` also do
/// what is busy: without and with stops and targets.
/// This module is compiled once per instruction set, so it holds raw pointers and SIMD only: generic library code
/// would become weak symbols, and the linker might take those of a newer instruction set.
public enum LaneKernel {
  /// Simulates one block of bars for a bundle of lanes.
  ///
  /// - Parameters:
  ///   - states: the vectors of lanes; updated.
  ///   - vectors: how many, at most `bundleVectors`.
  ///   - block: prices and signals.
  ///   - rules: what all lanes share.
  ///   - careful: sends every bar through `busyBar`, as a replay does.
  ///   - log: where the fills of the first lane go, or nil.
  @inline(never)
  public static func run(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock,
    _ rules: LaneRules, careful: Bool, log: UnsafeMutablePointer<FillLog>?
  ) {
    if rules.isInvested && block.isOrdinary && !rules.watchesLevels && !careful {
      plain(states, vectors, block, rules)
      return
    }
    if rules.isInvested && block.isOrdinary && block.isGapless && !careful
      && !(rules.trails && rules.trailsBeforeCheck)
    {
      levels(states, vectors, block, rules)
      return
    }
    let groups = BarGroups(block)
    for vector in 0..<vectors {
      run(states + vector, VectorBlock(block, vector: vector), rules, groups, careful, log)
    }
  }

  @inline(always)
  private static func run(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ groups: BarGroups, _ careful: Bool, _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let careful = careful || (rules.trails && rules.trailsBeforeCheck)
    var waits = bits(state.pointee.pending .!= Vector.zero) != 0
    var bar = 0
    while bar < block.count {
      if !waits && !careful {
        bar = quiet(state, block, rules, groups, from: bar)
        if bar == block.count { return }
      }
      waits = busyBar(state, block, rules, bar, log)
      bar += 1
    }
  }

  /// Picks the quiet loop for what this run watches, keeps and may owe.
  @inline(always)
  private static func quiet(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ groups: BarGroups, from bar: Int
  ) -> Int {
    rules.watchesLevels
      ? quiet(state, block, rules, groups, bar, On.self)
      : quiet(state, block, rules, groups, bar, Off.self)
  }

  @inline(always)
  private static func quiet<Watch: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ groups: BarGroups, _ bar: Int, _ watch: Watch.Type
  ) -> Int {
    switch (rules.isInvested, rules.keepsExtendedSums) {
    case (true, false): quietBars(state, block, rules, groups, bar, watch, On.self, Off.self)
    case (true, true): quietBars(state, block, rules, groups, bar, watch, On.self, On.self)
    case (false, false): quietBars(state, block, rules, groups, bar, watch, Off.self, Off.self)
    case (false, true): quietBars(state, block, rules, groups, bar, watch, Off.self, On.self)
    }
  }

  /// Runs bars until one needs care; returns its index, or the block's count.
  ///
  /// No lane can be ruined here: prices of a bar that trades are positive and lie within its high and low, a purchase
  /// leaves no debt, and a short position reaches its liquidation level before its equity is gone.
  @inline(never)
  private static func quietBars<Watch: Option, Invested: Option, Extended: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ groups: BarGroups, _ from: Int, _ watch: Watch.Type, _ invested: Invested.Type,
    _ extended: Extended.Type
  ) -> Int {
    let cash = state.pointee.cash
    let units = state.pointee.units
    let isHeld = units .!= Vector.zero
    let long = bits(units .> Vector.zero)
    let short = bits(units .< Vector.zero)
    let flat = bits(state.pointee.ruined .== Vector.zero) & ~(long | short)
    let one = Vector(repeating: 1)
    let trailLong = state.pointee.trailLong
    let trailShort = state.pointee.trailShort
    var lower = state.pointee.lower
    var upper = state.pointee.upper
    var equity = state.pointee.equity
    var path = PathSums(state)

    var bar = from
    var calmUntil = from
    while bar < block.count {
      // A group that no signal and no level touches needs no look at its bars.
      if bar % Position.group == 0 && block.isGapless && !rules.trails {
        let group = bar / Position.group
        var wanted =
          (groups.longExit(group, block.vector) & long)
          | (groups.longEntry(group, block.vector) & flat)
        if Watch.isOn {
          wanted |=
            (groups.shortExit(group, block.vector) & short)
            | (groups.shortEntry(group, block.vector) & flat)
          wanted |= bits((groups.low(group) .<= lower) .| (groups.high(group) .>= upper))
        }
        if wanted == 0 { calmUntil = Position.groupEnd(bar, block.count) }
      }
      if bar >= calmUntil {
        var wanted = (block.longExit[bar] & long) | (block.longEntry[bar] & flat)
        if Watch.isOn {
          wanted |= (block.shortExit[bar] & short) | (block.shortEntry[bar] & flat)
          wanted |= bits(
            (Vector(repeating: block.prices.low[bar]) .<= lower)
              .| (Vector(repeating: block.prices.high[bar]) .>= upper))
        }
        if wanted != 0 || block.prices.fillable[bar] == 0 { break }
        if Watch.isOn && rules.trails {
          let raised = Vector(repeating: block.prices.high[bar]) * trailLong
          lower.replace(with: raised, where: raised .> lower)
          let lowered = Vector(repeating: block.prices.low[bar]) * trailShort
          upper.replace(with: lowered, where: lowered .< upper)
        }
        calmUntil = bar + 1
      }
      while bar < calmUntil {
        var growth = one
        if Invested.isOn {
          growth.replace(with: Vector(repeating: block.prices.held[bar]), where: isHeld)
          if Extended.isOn { equity = cash + units * Vector(repeating: block.prices.mark[bar]) }
        } else {
          let now = cash + units * Vector(repeating: block.prices.mark[bar])
          growth = now / equity
          equity = now
        }
        path.add(growth)
        if Extended.isOn { path.extend(growth, equity, bar, block, rules) }
        bar += 1
      }
    }

    if Invested.isOn && bar > from {
      equity = cash + units * Vector(repeating: block.prices.mark[bar - 1])
    }
    state.pointee.equity = equity
    state.pointee.lower = lower
    state.pointee.upper = upper
    path.store(state, extended)
    return bar
  }
}

/// A choice that the compiler makes, so that the loop holds no branch for it.
protocol Option {
  static var isOn: Bool { get }
}
enum On: Option { @inline(always) static var isOn: Bool { true } }
enum Off: Option { @inline(always) static var isOn: Bool { false } }

import Kernels

/// The bar loop of the engine: eight lanes a vector, one block of bars at a time.
///
/// Three routes give the same bits. `busyBar` is the whole rule book. `quietBars` handles bars in which no lane fills,
/// decides or is stopped, which are most, with its state in local vectors. `plainBars` also fills, for accounts
/// whose rules are simple.
/// This module is compiled once per instruction set, so it holds raw pointers and SIMD only: generic library code
/// would become weak symbols, and the linker might take those of a newer instruction set.
public enum LaneKernel {
  /// Simulates one block of bars for eight lanes.
  ///
  /// - Parameters:
  ///   - state: the eight lanes; updated.
  ///   - block: prices and signals.
  ///   - rules: what all lanes share.
  ///   - careful: sends every bar through `busyBar`, as a replay does.
  ///   - log: where the fills of the first lane go, or nil.
  @inline(never)
  public static func run(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules,
    careful: Bool, log: UnsafeMutablePointer<FillLog>?
  ) {
    var bar = 0
    if rules.isPlain && !careful {
      while bar < block.count {
        bar = plain(state, block, rules, from: bar)
        if bar == block.count { return }
        _ = busyBar(state, block, rules, bar, log)
        bar += 1
      }
      return
    }
    let careful = careful || (rules.watchesLevels && rules.trailsBeforeCheck)
    var waits = anyNonZero(state.pointee.pending)
    while bar < block.count {
      if !waits && !careful {
        bar = quiet(state, block, rules, from: bar)
        if bar == block.count { return }
      }
      waits = busyBar(state, block, rules, bar, log)
      bar += 1
    }
  }

  /// Picks the plain loop for when this run fills and what it keeps.
  @inline(__always)
  static func plain(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, from bar: Int
  ) -> Int {
    switch (rules.fill, rules.keepsExtendedSums) {
    case (.nextOpen, false): plainBars(state, block, rules, bar, NextOpen.self, Plain.self)
    case (.nextOpen, true): plainBars(state, block, rules, bar, NextOpen.self, Extended.self)
    case (.nextClose, false): plainBars(state, block, rules, bar, NextClose.self, Plain.self)
    case (.nextClose, true): plainBars(state, block, rules, bar, NextClose.self, Extended.self)
    case (.sameClose, false): plainBars(state, block, rules, bar, SameClose.self, Plain.self)
    case (.sameClose, true): plainBars(state, block, rules, bar, SameClose.self, Extended.self)
    }
  }

  /// Picks the quiet loop for what this run keeps.
  @inline(__always)
  static func quiet(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, from bar: Int
  ) -> Int {
    if rules.watchesLevels {
      return rules.keepsExtendedSums
        ? quietBars(state, block, rules, bar, Levels.self, Extended.self)
        : quietBars(state, block, rules, bar, Levels.self, Plain.self)
    }
    return rules.keepsExtendedSums
      ? quietBars(state, block, rules, bar, LongOnly.self, Extended.self)
      : quietBars(state, block, rules, bar, LongOnly.self, Plain.self)
  }

  /// Runs bars until one needs care; returns its index, or the block's count.
  ///
  /// No lane can be ruined here: prices of a bar that trades are positive and lie within its high and low, a purchase
  /// leaves no debt, and a short position reaches its liquidation level before its equity is gone.
  @inline(never)
  static func quietBars<Watch: Option, Sums: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, _ from: Int,
    _ watch: Watch.Type, _ sums: Sums.Type
  ) -> Int {
    let cash = state.pointee.cash
    let units = state.pointee.units
    let flat = units .== Vector.zero
    let isLong = units .> Vector.zero
    let one = Vector(repeating: 1)
    let signals = block.signals
    let trailLong = state.pointee.trailLong
    let trailShort = state.pointee.trailShort
    var lower = state.pointee.lower
    var upper = state.pointee.upper
    var path = PathSums(state)

    var bar = from
    while bar < block.count {
      var wanted = signals.longExit[bar]
      if Watch.isOn {
        wanted.replace(with: signals.shortExit[bar], where: .!isLong)
        wanted.replace(with: signals.longEntry[bar] + signals.shortEntry[bar], where: flat)
        wanted.replace(with: one, where: Vector(repeating: block.low[bar]) .<= lower)
        wanted.replace(with: one, where: Vector(repeating: block.high[bar]) .>= upper)
      } else {
        wanted.replace(with: signals.longEntry[bar], where: flat)
      }
      if anyNonZero(wanted) || block.fillable[bar] == 0 { break }

      if Watch.isOn {
        let raised = Vector(repeating: block.high[bar]) * trailLong
        lower.replace(with: raised, where: raised .> lower)
        let lowered = Vector(repeating: block.low[bar]) * trailShort
        upper.replace(with: lowered, where: lowered .< upper)
      }
      path.add(cash + units * Vector(repeating: block.mark[bar]), bar, block, rules, sums)
      bar += 1
    }

    state.pointee.lower = lower
    state.pointee.upper = upper
    path.store(state, sums)
    return bar
  }
}

/// A choice that the compiler makes, so that the loop holds no branch for it.
protocol Option {
  static var isOn: Bool { get }
}
enum Levels: Option { @inline(__always) static var isOn: Bool { true } }
enum LongOnly: Option { @inline(__always) static var isOn: Bool { false } }
enum Extended: Option { @inline(__always) static var isOn: Bool { true } }
enum Plain: Option { @inline(__always) static var isOn: Bool { false } }

/// Whether any of eight numbers differs from zero.
@inline(__always)
func anyNonZero(_ x: Vector) -> Bool {
  let bits = unsafeBitCast(x, to: SIMD8<UInt64>.self)
  let four = bits.lowHalf | bits.highHalf
  let two = four.lowHalf | four.highHalf
  return two[0] | two[1] != 0
}

/// Whether a mask holds for any lane.
@inline(__always)
func anyLane(_ mask: SIMDMask<SIMD8<Int64>>) -> Bool {
  anyNonZero(Vector.zero.replacing(with: Vector(repeating: 1), where: mask))
}

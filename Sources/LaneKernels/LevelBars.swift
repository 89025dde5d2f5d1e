import Kernels

// Invested accounts with stops and targets, in a block in which every bar can fill: the rule book's arithmetic, with the
// state of a vector in registers. A group of bars whose extremes reach no level and whose signals change nothing takes
// as few operations as one without levels.
extension LaneKernel {
  @inline(always)
  static func levels(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock,
    _ rules: LaneRules
  ) {
    let groups = BarGroups(block)
    switch rules.fill {
    case .nextOpen: levels(states, vectors, block, rules, groups, On.self, Off.self)
    case .nextClose: levels(states, vectors, block, rules, groups, Off.self, Off.self)
    case .sameClose: levels(states, vectors, block, rules, groups, Off.self, On.self)
    }
  }

  @inline(always)
  private static func levels<Open: Option, Same: Option>(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock,
    _ rules: LaneRules, _ groups: BarGroups, _ open: Open.Type, _ same: Same.Type
  ) {
    for vector in 0..<vectors {
      let lanes = VectorBlock(block, vector: vector)
      if rules.keepsExtendedSums {
        extendedLevelPath(states + vector, lanes, rules, open, same)
      } else {
        levelPath(states + vector, lanes, rules, groups, open, same)
      }
    }
  }

  @inline(never)
  private static func levelPath<Open: Option, Same: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ groups: BarGroups, _ open: Open.Type, _ same: Same.Type
  ) {
    var way = LevelPath(state, block)
    var bar = 0
    while bar < block.count {
      way.go(from: bar, to: Position.groupEnd(bar, block.count), rules, groups, open, same)
      bar += Position.group
    }
    way.store(Off.self)
  }

  @inline(never)
  private static func extendedLevelPath<Open: Option, Same: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ open: Open.Type, _ same: Same.Type
  ) {
    var way = LevelPath(state, block)
    for bar in 0..<block.count {
      let growth = way.step(bar, rules, open, same)
      way.sums.extend(growth, way.equity(bar), bar, block, rules)
    }
    way.store(On.self)
  }
}

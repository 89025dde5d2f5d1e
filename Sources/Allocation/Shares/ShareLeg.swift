/// Positions of one direction, all of them above 0.
struct ShareLeg {
  /// Money that positions should be worth.
  let targets: [Double]
  /// Money that a lot costs.
  let units: [Double]

  /// Lots that targets pay in whole.
  private var floors: [Double] {
    // A target that is a whole number of lots but for rounding is that number.
    zip(targets, units).map { (($0 / $1) * (1 + 1e-12)).rounded(.down) }
  }

  /// Money that whole lots leave.
  private func rest(_ lots: [Double]) -> Double {
    let spent = zip(lots, units).reduce(0) { $0 + $1.0 * $1.1 }
    return max(0, targets.reduce(0, +) - spent)
  }

  /// Whole lots, then one after the other of whatever is furthest below its target and can be paid.
  func greedy() -> [Double] {
    var lots = floors
    var rest = rest(lots)
    while true {
      var best: (index: Int, deficit: Double)?
      for index in lots.indices where units[index] <= rest {
        let deficit = targets[index] - lots[index] * units[index]
        if deficit > 0, deficit > best?.deficit ?? 0 { best = (index, deficit) }
      }
      guard let best else { return lots }
      lots[best.index] += 1
      rest -= units[best.index]
    }
  }

  /// The lots with the least sum of what positions are off and of cash, and whether that is certain.
  ///
  /// Beyond what targets pay in whole, one more lot gains what is left of its target, and a second one nothing. One lot less loses
  /// its price. So the search is for single lots to add, and for lots to give up where their money is missing.
  func exact(steps: Int) -> (lots: [Double], isExact: Bool) {
    let start = greedy()
    // Beyond this the depth of the search is a risk, and rounding hardly one.
    guard units.count <= 1000 else { return (start, false) }
    var search = ShareSearch(
      units: units, floors: floors, targets: targets, rest: rest(floors), start: start,
      steps: steps)
    search.add(0, rest(floors), 0)
    return (search.best, search.steps > 0)
  }
}

/// The search for single lots to add and lots to give up.
private struct ShareSearch {
  let units: [Double]
  let floors: [Double]
  /// What a lot more would gain.
  let gains: [Double]
  /// Symbols by gain over price, the largest first.
  let order: [Int]
  /// Symbols by price, the dearest first.
  let byPrice: [Int]
  var adds: [Bool]
  var drops: [Double]
  var best: [Double]
  var bestGain: Double
  var steps: Int

  init(
    units: [Double], floors: [Double], targets: [Double], rest: Double, start: [Double],
    steps: Int
  ) {
    self.units = units
    self.floors = floors
    let gains = zip(targets, zip(floors, units)).map { max(0, $0 - $1.0 * $1.1) }
    self.gains = gains
    order = units.indices.filter { gains[$0] > 0 }.sorted {
      (gains[$1] / units[$1], $0) < (gains[$0] / units[$0], $1)
    }
    byPrice = units.indices.sorted { (units[$1], $0) < (units[$0], $1) }
    adds = Array(repeating: false, count: units.count)
    drops = Array(repeating: 0, count: units.count)
    best = start
    bestGain = units.indices.reduce(0) { $0 + (start[$1] > floors[$1] ? gains[$1] : 0) }
    self.steps = steps
  }

  /// Decides whether the symbol at a place of `order` gets one more lot.
  ///
  /// - Parameters:
  ///   - rest: money that is left; below 0 if lots have to be given up for it.
  ///   - gain: of what was decided so far.
  mutating func add(_ place: Int, _ rest: Double, _ gain: Double) {
    steps -= 1
    if steps <= 0 || !mayBeBetter(place, rest, gain) { return }
    guard place < order.count else {
      drop(0, max(0, -rest), gain)
      return
    }
    let index = order[place]
    adds[index] = true
    add(place + 1, rest - units[index], gain + gains[index])
    adds[index] = false
    add(place + 1, rest, gain)
  }

  /// Whether parts of lots, the best first, could make more than the best that was found.
  private func mayBeBetter(_ place: Int, _ rest: Double, _ gain: Double) -> Bool {
    var bound = gain + min(0, rest)
    var room = max(0, rest)
    for index in order[place...] {
      if room <= 0 || bound > bestGain { break }
      bound += gains[index] * min(1, room / units[index])
      room -= units[index]
    }
    return bound > bestGain + 1e-12 * abs(bestGain)
  }

  /// Gives up lots until the missing money is there, dearest first.
  private mutating func drop(_ place: Int, _ missing: Double, _ gain: Double) {
    steps -= 1
    // At least what is missing is lost.
    if steps <= 0 || gain - missing <= bestGain + 1e-12 * abs(bestGain) { return }
    if missing <= 0 {
      bestGain = gain
      best = floors.indices.map { floors[$0] + (adds[$0] ? 1 : 0) - drops[$0] }
      return
    }
    guard place < byPrice.count else { return }
    let index = byPrice[place]
    let most = adds[index] ? 0 : min(floors[index], (missing / units[index]).rounded(.up))
    for count in stride(from: most, through: 0, by: -1) where steps > 0 {
      drops[index] = count
      let money = count * units[index]
      drop(place + 1, max(0, missing - money), gain - money)
    }
    drops[index] = 0
  }
}

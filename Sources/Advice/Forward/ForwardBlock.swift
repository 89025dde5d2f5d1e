import Kernels

/// Portfolios of one currency that are taken through a path together, side by side.
struct ForwardBlock: Sendable {
  /// Most portfolios of a block: their money by factor stays near the processor.
  static let most = 256

  /// Places of the accounts.
  let members: [Int]
  /// Currency that all of them are valued in.
  let currency: Int
  /// Whether they are moved to weights.
  let moves: Bool
  /// Columns, a multiple of eight: places beyond the members hold nothing.
  let width: Int
  /// The curve that each is under `[width]`, 0 beyond the members; empty for members with symbols and cash.
  let curves: [Int]
  /// Money by portfolio, where most of a table by factor would be zeros; nil otherwise.
  let entries: ForwardEntries?
  /// Money by factor `[N, width]`, under the curves `[width]`, or by entry.
  let amounts: [Double]
  /// Weights by factor `[N, width]`; empty unless they are moved.
  let weights: [Double]
  /// Money at the beginning `[width]`; 1 beyond the members.
  let equity: [Double]
  /// The row of `amounts` that payments go to.
  let cashRow: Int
  /// Members of one sum that stand side by side.
  let runs: [(group: Int, places: Range<Int>)]

  /// Whether everybody's money is under one curve.
  var isSingle: Bool { !curves.isEmpty }

  /// Multiplications for a bar.
  func operations(factors: Int) -> Int {
    isSingle ? width : entries?.factors.count ?? width * factors
  }

  /// Part of a table by factor above which a product of matrices takes less time than the entries one by one: measured with
  /// OpenBLAS and AVX-512, 10 against 18 ns for 46 of 46 symbols.
  static let dense = 0.6

  /// The same where stops are so near that passes of entries go beyond them.
  static func dense(between stops: [Int]) -> Double {
    let pass = HeldRowBlock.pass
    let passed = zip(stops.dropFirst(), stops).reduce(0) { $0 + ($1.0 - $1.1 + pass - 1) / pass }
    return dense * Double(stops.last ?? 0) / Double(max(1, passed * pass))
  }

  init(
    _ accounts: [ForwardAccount], _ members: [Int], factors: Int, cash: (Int) -> Int, moves: Bool,
    dense: Double
  ) {
    self.members = members
    let moves = moves && accounts[members[0]].weights != nil
    let width = (members.count + 7) / 8 * 8
    self.moves = moves
    self.width = width
    currency = accounts[members[0]].currency
    func table(_ parts: (ForwardAccount) -> [ForwardAccount.Part]) -> [Double] {
      var table = [Double](repeating: 0, count: factors * width)
      for (column, member) in members.enumerated() {
        for part in parts(accounts[member]) { table[part.factor * width + column] = part.amount }
      }
      return table
    }
    let isSingle = accounts[members[0]].curve != nil
    let rest = width - members.count
    curves =
      isSingle ? members.map { accounts[$0].curve ?? 0 } + Array(repeating: 0, count: rest) : []
    cashRow = isSingle ? 0 : cash(currency)
    var entries =
      isSingle
      ? nil : ForwardEntries(members.lazy.map { accounts[$0] }, cash: cash(currency), moves: moves)
    if let found = entries,
      Double(found.factors.count) >= dense * Double(factors) * Double(members.count)
    {
      entries = nil
    }
    self.entries = entries
    amounts =
      isSingle
      ? members.map { accounts[$0].equity } + Array(repeating: 0, count: rest)
      : entries?.amounts ?? table(\.parts)
    weights = moves && entries == nil ? table { $0.weights ?? [] } : []
    equity =
      members.map { accounts[$0].equity }
      + [Double](repeating: 1, count: width - members.count)
    var runs: [(group: Int, places: Range<Int>)] = []
    for (column, member) in members.enumerated() {
      if runs.last?.group == accounts[member].group {
        runs[runs.count - 1].places = runs[runs.count - 1].places.lowerBound..<column + 1
      } else {
        runs.append((accounts[member].group, column..<column + 1))
      }
    }
    self.runs = runs
  }

  /// All accounts in blocks, in an order in which members of a sum stand side by side.
  static func blocks(
    _ accounts: [ForwardAccount], factors: Int, cash: (Int) -> Int, moves: Bool,
    dense: Double
  ) -> [ForwardBlock] {
    /// What members of a block have in common: they hold, are moved, or are under curves.
    func kind(_ place: Int) -> Int {
      accounts[place].curve != nil ? 2 : accounts[place].weights != nil ? 1 : 0
    }
    func key(_ place: Int) -> (Int, Int, Int, Int) {
      (accounts[place].currency, kind(place), accounts[place].group, place)
    }
    let order = accounts.indices.sorted { key($0) < key($1) }
    var blocks: [ForwardBlock] = []
    var members: [Int] = []
    func close() {
      if members.isEmpty { return }
      blocks.append(
        ForwardBlock(accounts, members, factors: factors, cash: cash, moves: moves, dense: dense))
      members = []
    }
    for place in order {
      if let first = members.first,
        members.count == most || accounts[first].currency != accounts[place].currency
          || kind(first) != kind(place)
      {
        close()
      }
      members.append(place)
    }
    close()
    return blocks
  }
}

/// What a portfolio has gone through, eight side by side.
struct ForwardState: BitwiseCopyable {
  /// What it is worth.
  var value = Vector.zero
  /// Growth without the influence of payments is so many times the worth.
  var scale = Vector.zero
  /// Highest growth yet, least growth yet, and the least share of the highest before it.
  var peak = Vector(repeating: 1)
  var least = Vector(repeating: 1)
  var depth = Vector(repeating: 1)
  /// 1, or 0 after everything was lost.
  var alive = Vector(repeating: 1)

  init(equity: Vector) {
    value = equity
    scale = 1 / equity
  }

  /// What is worth nothing stays so.
  @inline(__always)
  mutating func record(_ found: Vector) -> Vector {
    alive.replace(with: 0, where: found .<= 0)
    value = found * alive
    let growth = value * scale
    peak.replace(with: growth, where: growth .> peak)
    least.replace(with: growth, where: growth .< least)
    // A fall to a new depth is rare, and a division dear.
    let isDeeper = growth .< depth * peak
    if any(isDeeper) { depth.replace(with: growth / peak, where: isDeeper) }
    return value
  }

  /// Money comes in, or goes out while there is any.
  @inline(__always)
  mutating func pay(_ money: Double) {
    let growth = value * scale
    var after = value + money * alive
    alive.replace(with: 0, where: after .<= 0)
    after *= alive
    scale = (growth / after).replacing(with: 0, where: alive .== 0)
    value = after
  }
}

import Kernels
import Risk

/// Paths of the factors, the same for all portfolios.
public struct ForwardPaths: Sendable {
  private enum Source: Sendable {
    case drawn(MonteCarlo, members: [Int])
    case given([Matrix])
  }

  private let source: Source
  private let curves: (any ForwardCurves)?
  /// Number of paths.
  public let count: Int
  /// Bars of a path.
  public let bars: Int
  /// Number of factors of the market, `N`, and behind them of curves.
  public let factors: Int

  /// Whether paths are a sample of what may be, so that figures have standard errors.
  public var isRandom: Bool {
    if case .drawn = source { true } else { false }
  }

  /// Random paths.
  ///
  /// - Parameters:
  ///   - source: of some factors.
  ///   - members: the factors that it draws; others stay as they are.
  ///   - factors: number of all of them.
  public init(_ source: MonteCarlo, members: [Int], factors: Int) {
    precondition(
      members.count == source.model.symbols.count, "a symbol of the model for each member")
    self.source = .drawn(source, members: members)
    count = source.settings.paths
    bars = source.settings.bars
    self.factors = factors
    curves = nil
  }

  /// Paths that are known: growths `[bars, N]` each, all of one shape.
  public init(_ growths: [Matrix]) {
    precondition(!growths.isEmpty, "a path")
    precondition(
      growths.allSatisfy { $0.rows == growths[0].rows && $0.columns == growths[0].columns },
      "paths of one shape")
    source = .given(growths)
    count = growths.count
    bars = growths[0].rows
    factors = growths[0].columns
    curves = nil
  }

  private init(_ paths: ForwardPaths, _ curves: any ForwardCurves) {
    precondition(paths.curves == nil, "curves once")
    (source, count, bars) = (paths.source, paths.count, paths.bars)
    factors = paths.factors + curves.count
    self.curves = curves
  }

  /// The same paths with curves that follow from them: curve `c` is factor `N + c`.
  public func adding(_ curves: any ForwardCurves) -> ForwardPaths { ForwardPaths(self, curves) }

  /// Growths of a path, `[bars, factors]`: the same as in a run.
  ///
  /// - Throws: what curves throw.
  public func growths(path: Int) throws -> Matrix {
    let room = AlignedBuffer(repeating: 1.0, count: Self.together * bars * factors)
    try fill(room.base, from: path, count: 1, makeFollower())
    return Matrix(rows: bars, columns: factors, (0..<bars * factors).map { room[$0] })
  }

  /// Something that follows curves, for one worker; nil if there are none.
  func makeFollower() -> (any ForwardFollower)? { curves?.makeFollower() }

  /// Paths that are made together.
  static let together = 8

  /// Fills `[8, bars, factors]` with growths of paths from one on; what is beyond the last path is of no meaning.
  ///
  /// - Parameters:
  ///   - wanted: how many paths are looked at.
  ///   - follower: of these paths, which nobody else uses.
  func fill(
    _ room: UnsafeMutablePointer<Double>, from path: Int, count wanted: Int,
    _ follower: (any ForwardFollower)?
  ) throws {
    let size = bars * factors
    let plain = factors - (curves?.count ?? 0)
    let lanes = 0..<min(wanted, count - path)
    switch source {
    case .drawn(let source, let members):
      room.update(repeating: 1, count: Self.together * size)
      source.growths(ofEightFrom: UInt32(path)) { bar, member, growths in
        let place = bar * factors + members[member]
        for lane in 0..<Self.together { room[lane * size + place] = growths[lane] }
      }
    case .given(let paths):
      for lane in lanes {
        paths[path + lane].values.withUnsafeBufferPointer {
          guard let from = $0.baseAddress else { return }
          for bar in 0..<bars {
            (room + lane * size + bar * factors).update(from: from + bar * plain, count: plain)
          }
        }
      }
    }
    guard let curves, let follower else { return }
    for lane in lanes {
      let base = room + lane * size
      var market = Matrix(rows: bars, columns: plain)
      for bar in 0..<bars {
        for factor in 0..<plain { market[bar, factor] = base[bar * factors + factor] }
      }
      let found = try follower.growths(path: path + lane, along: market)
      precondition(found.rows == bars && found.columns == curves.count, "a growth of each curve")
      for bar in 0..<bars {
        for curve in 0..<curves.count { base[bar * factors + plain + curve] = found[bar, curve] }
      }
    }
  }
}

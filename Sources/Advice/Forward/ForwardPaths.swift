import Kernels
import Risk

/// Paths of the factors, the same for all portfolios.
public struct ForwardPaths: Sendable {
  private enum Source: Sendable {
    case drawn(MonteCarlo, members: [Int])
    case given([Matrix])
  }

  private let source: Source
  /// Number of paths.
  public let count: Int
  /// Bars of a path.
  public let bars: Int
  /// Number of factors, `N`.
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
  }

  /// Growths of a path, `[bars, N]`: the same as in a run.
  public func growths(path: Int) -> Matrix {
    let room = AlignedBuffer(repeating: 1.0, count: Self.together * bars * factors)
    fill(room.base, from: path)
    return Matrix(rows: bars, columns: factors, (0..<bars * factors).map { room[$0] })
  }

  /// Paths that are made together.
  static let together = 8

  /// Fills `[8, bars, N]` with growths of paths from one on; what is beyond the last path is of no meaning.
  func fill(_ room: UnsafeMutablePointer<Double>, from path: Int) {
    let size = bars * factors
    switch source {
    case .drawn(let source, let members):
      room.update(repeating: 1, count: Self.together * size)
      source.growths(ofEightFrom: UInt32(path)) { bar, member, growths in
        let place = bar * factors + members[member]
        for lane in 0..<Self.together { room[lane * size + place] = growths[lane] }
      }
    case .given(let paths):
      for (lane, growths) in paths[path..<min(path + Self.together, count)].enumerated() {
        growths.values.withUnsafeBufferPointer {
          if let from = $0.baseAddress { (room + lane * size).update(from: from, count: size) }
        }
      }
    }
  }
}

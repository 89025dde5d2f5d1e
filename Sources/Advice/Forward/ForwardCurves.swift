import Kernels

/// What becomes of money that is put under something that watches prices, such as a strategy: factors beside those of the market.
///
/// A growth depends on its path alone, so that any worker may ask for it, and ask again.
public protocol ForwardCurves: Sendable {
  /// Number of curves, `C`.
  var count: Int { get }

  /// Something that follows paths; one for each worker, which keeps what it needs from path to path.
  func makeFollower() -> any ForwardFollower
}

/// Follows one path after another, for one worker.
public protocol ForwardFollower: AnyObject {
  /// What each curve becomes on a path, bar by bar: each in the currency of the accounts that are under it.
  ///
  /// - Parameters:
  ///   - path: its number.
  ///   - growths: those of the market on it, `[bars, N]`.
  /// - Returns: growths from the bar before, `[bars, C]`.
  func growths(path: Int, along growths: Matrix) throws -> Matrix
}

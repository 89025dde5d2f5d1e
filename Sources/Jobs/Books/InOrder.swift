import Synchronization

/// What workers find tile by tile, in whatever order, joined in the order of the tiles as soon as they are there.
///
/// So a result of millions of rows is held once, and beside it only tiles that wait for an earlier one.
package final class InOrder<Whole: Sendable, Piece: Sendable>: Sendable {
  private struct State {
    var whole: Whole
    var next = 0
    var waiting: [Int: Piece] = [:]
  }

  private let state: Mutex<State>
  private let join: @Sendable (inout Whole, Piece) -> Void

  package init(_ whole: sending Whole, join: @escaping @Sendable (inout Whole, Piece) -> Void) {
    state = Mutex(State(whole: whole))
    self.join = join
  }

  /// Adds what a tile found; once for each tile.
  package func add(_ tile: Int, _ piece: sending Piece) {
    state.withLock { state in
      state.waiting[tile] = piece
      while let piece = state.waiting.removeValue(forKey: state.next) {
        join(&state.whole, piece)
        state.next += 1
      }
    }
  }

  /// All of it, and nothing kept.
  ///
  /// - Parameter empty: what stays.
  package func take(leaving empty: sending Whole) -> Whole {
    state.withLock { state in
      let whole = state.whole
      state.whole = empty
      return whole
    }
  }
}

/// Tiles of portfolios: so many that joining them costs little, and so few that workers end together.
package struct PortfolioTiles {
  package static let size = 64
  package let count: Int

  package init(count: Int) { self.count = count }

  /// Number of tiles.
  package var tiles: Int { (count + Self.size - 1) / Self.size }

  /// Places of the portfolios of a tile.
  package subscript(tile: Int) -> Range<Int> {
    tile * Self.size..<min(count, (tile + 1) * Self.size)
  }
}

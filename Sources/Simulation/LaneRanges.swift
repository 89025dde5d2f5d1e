extension Range<Int> {
  /// The parts of a tile's lanes that are still to do.
  package func without(_ done: RangeSet<Int>) -> [Range<Int>] {
    done.isEmpty ? [self] : Array(RangeSet(self).subtracting(done).ranges)
  }
}

import Dispatch
import Kernels

extension PanelAssembly {
  /// Neighbouring blocks for each worker, with about as many rows: cells of neighbouring symbols share cache lines, so
  /// two workers should not be at the same ones.
  static func shares(_ blocks: [RowBlock], _ workers: Int) -> [Range<Int>] {
    let rows = blocks.reduce(0) { $0 + $1.count }
    var shares: [Range<Int>] = []
    var start = 0
    var passed = 0
    for (index, block) in blocks.enumerated() {
      passed += block.count
      if passed * workers >= rows * (shares.count + 1) || index == blocks.count - 1 {
        shares.append(start..<index + 1)
        start = index + 1
      }
    }
    return shares
  }

  /// Turns the number of time and symbol of each row into its cell of the panel.
  ///
  /// - Returns: whether two rows have the same one.
  static func place(_ tables: [FileTable], _ axes: PanelAxes, cells: Int, workers: Int) -> Bool {
    let blocks = tables.flatMap(\.blocks)
    let shares = shares(blocks, workers)
    let results = Slots<[UInt64]>(count: shares.count)
    let width = UInt64(axes.symbols.count)
    DispatchQueue.concurrentPerform(iterations: shares.count) { share in
      // A bit for each cell; none at all if a cell was taken twice.
      var taken = [UInt64](repeating: 0, count: cells / 64 + 1)
      var repeated: UInt64 = 0
      taken.withUnsafeMutableBufferPointer { taken in
        for block in blocks[shares[share]] {
          guard let map = axes.maps[ObjectIdentifier(block.numbers)] else { continue }
          let places = block.places
          map.times.withUnsafeBufferPointer { times in
            map.symbols.withUnsafeBufferPointer { symbols in
              for row in 0..<block.count {
                let place = places[row]
                let cell =
                  UInt64(times[Int(place >> 32)]) &* width
                  &+ UInt64(symbols[Int(place & 0xFFFF_FFFF)])
                places[row] = cell
                let word = Int(cell >> 6)
                let bit: UInt64 = 1 << (cell & 63)
                repeated |= taken[word] & bit
                taken[word] |= bit
              }
            }
          }
        }
      }
      results.set(share, repeated == 0 ? taken : [])
    }
    let sets = results.values
    guard var all = sets.first, !sets.contains([]) else { return true }
    for other in sets.dropFirst() {
      for word in all.indices {
        if all[word] & other[word] != 0 { return true }
        all[word] |= other[word]
      }
    }
    return false
  }
}

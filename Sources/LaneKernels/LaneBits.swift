import CShims
import Kernels

typealias Mask = SIMDMask<SIMD8<Int64>>

/// The lanes of a mask as the bits of a byte.
@inline(always)
func bits(_ mask: Mask) -> UInt8 { apus_bits(unsafeBitCast(mask, to: SIMD8<Int64>.self)) }

/// The bits of a byte as a mask of lanes.
@inline(always)
func mask(_ bits: UInt8) -> Mask { unsafeBitCast(apus_mask(bits), to: Mask.self) }

/// One vector's byte in the words of a bundle, bar by bar.
struct LaneBytes {
  private let base: UnsafePointer<UInt8>

  @inline(always)
  init(_ words: UnsafePointer<UInt64>, vector: Int) {
    base = UnsafeRawPointer(words).assumingMemoryBound(to: UInt8.self) + vector
  }

  // A word is little-endian on every processor that Swift's SIMD types are built for here.
  @inline(always)
  subscript(bar: Int) -> UInt8 { base[bar &* 8] }
}

/// What the kernel reads of a block for one vector of lanes.
struct VectorBlock {
  /// Place of the vector in its bundle.
  let vector: Int
  let count: Int
  let firstBar: Int
  let prices: PricePointers
  let longEntry, longExit, shortEntry, shortExit: LaneBytes
  let returns: UnsafeMutablePointer<Vector>?
  let isGapless: Bool

  @inline(always)
  init(_ block: LaneBlock, vector: Int) {
    self.vector = vector
    count = block.count
    firstBar = block.firstBar
    prices = block.prices
    longEntry = LaneBytes(block.signals.longEntry, vector: vector)
    longExit = LaneBytes(block.signals.longExit, vector: vector)
    shortEntry = LaneBytes(block.signals.shortEntry, vector: vector)
    shortExit = LaneBytes(block.signals.shortExit, vector: vector)
    isGapless = block.isGapless
    returns = block.returns.map { $0 + vector * block.returnsStride }
  }
}

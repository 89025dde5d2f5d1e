import Kernels
import Testing

@Test func bufferIsAlignedAndFilled() {
  let buffer = AlignedBuffer(repeating: 2.5, count: 33)
  #expect(UInt(bitPattern: buffer.base) % 64 == 0)
  #expect((0..<33).allSatisfy { buffer[$0] == 2.5 })
}

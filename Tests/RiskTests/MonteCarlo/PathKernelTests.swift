import Foundation
import Kernels
import Simulation
import Testing

/// The vector loops of Monte Carlo against the scalar definition, for each instruction set of this machine.
@Suite struct PathKernelTests {
  @Test func normalsAreThoseOfTheStreamBitForBit() {
    for variant in KernelVariant.available {
      let kernels = variant.pathKernels
      for (seed, path, symbol, first) in [
        (0 as UInt64, 0 as UInt32, 0 as UInt32, 0),
        (0x299f_31d0_a409_3822, 123_456, 7, 5), (~0, .max - 7, .max, 1 << 29),
      ] {
        let blocks = 37
        let room = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: PathKernels.normalRoom)
        let output = AlignedBuffer(repeating: Vector.zero, count: 3 * 4 * blocks)
        kernels.normals(seed, path, symbol, first, blocks, room.base, output.base, 3)
        for lane in 0..<8 {
          let stream = PhiloxStream(seed: seed, stream: path + UInt32(lane), symbol: symbol)
          for step in 0..<4 * blocks {
            let expected = stream.normal(step: UInt32(truncatingIfNeeded: 4 * first + step))
            #expect(
              output[3 * step][lane].bitPattern == expected.bitPattern,
              "\(variant), seed \(seed), lane \(lane), step \(step)")
          }
        }
      }
    }
  }

  @Test func sumsAreSumsOfNormals() {
    for variant in KernelVariant.available {
      for steps in [1, 2, 3, 4, 5, 63, 64, 65, 67, 126, 252] {
        let room = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: PathKernels.normalRoom)
        let found = variant.pathKernels.normalSums(9, 40, 3, steps, room.base)
        for lane in 0..<8 {
          let stream = PhiloxStream(seed: 9, stream: 40 + UInt32(lane), symbol: 3)
          var sums = [0.0, 0.0]
          for step in 0..<steps { sums[step % 2] += stream.normal(step: UInt32(step)) }
          #expect(found[lane] == sums[0] + sums[1])
        }
      }
    }
  }

  @Test func normalsHaveTheDistributionOfANormal() {
    // Moments and tails of 800,000 numbers, within five standard errors.
    let n = 800_000.0
    var sums = [0.0, 0.0, 0.0, 0.0]
    var beyond = [0, 0]
    var products = [0.0, 0.0, 0.0]
    for path in 0..<400 as Range<UInt32> {
      let stream = PhiloxStream(seed: 31, stream: path, symbol: 2)
      for step in 0..<500 as Range<UInt32> {
        let numbers = stream.fourNormals(step: step)
        for other in 1..<4 { products[other - 1] += numbers[0] * numbers[other] }
        for z in [numbers[0], numbers[1], numbers[2], numbers[3]] {
          for power in 0..<4 {
            sums[power] += [z, z * z, z * z * z, z * z * z * z][power]
          }
          if z > 2 { beyond[0] += 1 }
          if z < -3 { beyond[1] += 1 }
        }
      }
    }
    #expect(abs(sums[0] / n) < 5 / n.squareRoot())
    #expect(abs(sums[1] / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(sums[2] / n) < 5 * (15 / n).squareRoot())
    #expect(abs(sums[3] / n - 3) < 5 * (96 / n).squareRoot())
    for product in products { #expect(abs(product / (n / 4)) < 5 / (n / 4).squareRoot()) }
    for (hits, p) in zip(beyond, [0.022750131948, 0.001349898032]) {
      #expect(abs(Double(hits) / n - p) < 5 * (p / n).squareRoot())
    }
  }

  @Test func seriesAreThoseOfTheLibrary() {
    for index in 1..<2_000 {
      let u = Double(index) / 2_000
      let expected = DeterministicMath.log(u)
      #expect(abs(NormalSeries.logarithm(u) - expected) <= 3 * expected.ulp)
    }
    // Numbers next to 1, whose logarithm is all that is left of them.
    #expect(NormalSeries.logarithm(1 - 0x1p-53) == -0x1p-53)
    #expect(abs(NormalSeries.logarithm(0x1p-53) + 36.736800569677101) < 1e-14)
  }

  @Test func normalsAreThoseOfTheirWords() {
    // Box and Muller's formula with the C library's functions, of every kind of word.
    for step in 0..<3_000 as Range<UInt32> {
      let stream = PhiloxStream(seed: 17, stream: 5, symbol: 9)
      let bits = stream.block(step: step)
      let numbers = stream.fourNormals(step: step)
      for pair in 0..<2 {
        let word = UInt64(bits[2 * pair + 1]) << 32 | UInt64(bits[2 * pair])
        let u = (Double(word >> 24) + 0.5) / 0x1p40
        let angle = Double.pi / 2 * ((Double(word >> 2 & 0x3f_ffff) + 0.5) / 0x1p22 - 0.5)
        let radius = (-2 * log(u)).squareRoot()
        let cosine = (word & 1 == 0 ? 1 : -1) * radius * cos(angle)
        let sine = radius * sin(angle)
        let expected = word & 2 == 0 ? [cosine, sine] : [sine, cosine]
        for place in 0..<2 {
          #expect(abs(numbers[2 * pair + place] - expected[place]) <= 1e-15 * max(1, radius))
        }
      }
    }
  }

  @Test func rowsFollowTheirDefinition() {
    for (rows, meanBlock) in [
      (5_040, 1.0), (5_040, 12), (70_000, 1), (1 << 20, 1), (1 << 26, 1), (1 << 20, 3),
      (1 << 28, 40), (3, 2),
    ] {
      let draws = RowDraws(rows: rows, meanBlock: meanBlock)
      let steps = 200
      var reference: [[UInt64]] = []
      for path in 0..<8 as Range<UInt32> { reference.append(naive(draws, 5, 1_000 + path, steps)) }
      let entries = draws.isIndependent && rows <= 1 << 20 ? rows : 0
      let column = (0..<entries).map { 1 + 0.001 * Double($0 % 17 - 8) }
      for variant in KernelVariant.available {
        let output = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: steps)
        let last = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: 1)
        // In unequal pieces, as rows carry over.
        var first = 0
        for piece in [7, 1, 16, 3, 34, 139] {
          variant.pathKernels.rows(
            5, 1_000, first, piece, draws, last.base, output.base + first)
          first += piece
        }
        for lane in 0..<8 {
          #expect((0..<steps).map { output[$0][lane] } == reference[lane], "\(variant), \(draws)")
        }
        if column.isEmpty { continue }
        let room = AlignedBuffer(
          repeating: SIMD8<UInt64>.zero, count: PathKernels.rowRoom)
        for steps in [1, 2, 8, 16, 47, 128, 129, 200] {
          let products = variant.pathKernels.rowProducts(5, 1_000, steps, draws, column, room.base)
          for lane in 0..<8 {
            let expected = reference[lane].prefix(steps).reduce(1) { $0 * column[Int($1)] }
            #expect(products[lane] == expected, "\(variant), \(draws), \(steps) steps")
          }
        }
      }
    }
  }

  /// Rows by arithmetic of 128 bits.
  private func naive(_ draws: RowDraws, _ seed: UInt64, _ path: UInt32, _ steps: Int) -> [UInt64] {
    let stream = PhiloxStream(seed: seed, stream: path)
    var rows: [UInt64] = []
    for step in 0..<steps {
      let place = step % (2 * draws.perWord)
      let block = stream.block(step: UInt32(step / (2 * draws.perWord)), draw: 1)
      let side = place < draws.perWord ? 0 : 2
      var fraction = UInt64(block[side + 1]) << 32 | UInt64(block[side])
      var row: UInt64 = 0
      for _ in 0...place % draws.perWord {
        (row, fraction) = fraction.multipliedFullWidth(by: UInt64(draws.rows))
      }
      let word = stream.block(step: UInt32(step / 4), draw: 2)[step % 4]
      let begins = step == 0 || draws.isIndependent || UInt64(word) < draws.threshold
      rows.append(begins ? row : (rows[step - 1] + 1) % UInt64(draws.rows))
    }
    return rows
  }

  @Test func studentScalesAreThoseOfChiSquare() {
    for variant in KernelVariant.available {
      let pairs = 4_000
      let output = AlignedBuffer(repeating: Vector.zero, count: 2 * pairs)
      let again = AlignedBuffer(repeating: Vector.zero, count: 2)
      for freedom in [2.5, 5, 30] {
        variant.pathKernels.studentScales(3, 16, 0, pairs, freedom, output.base)
        variant.pathKernels.studentScales(3, 19, 700, 1, freedom, again.base)
        #expect(again[1][0] == output[1_401][3])
        // χ² has mean ν and variance 2ν.
        var (sum, squares, below) = (0.0, 0.0, 0)
        let median = Distribution.chiSquareQuantile(0.5, freedom: freedom)
        for step in 0..<2 * pairs {
          for lane in 0..<8 {
            let chi = (freedom - 2) / (output[step][lane] * output[step][lane])
            sum += chi
            squares += chi * chi
            if chi < median { below += 1 }
          }
        }
        let n = Double(16 * pairs)
        let mean = sum / n
        #expect(abs(mean - freedom) < 5 * (2 * freedom / n).squareRoot())
        #expect(abs(squares / n - mean * mean - 2 * freedom) < 0.1 * freedom)
        #expect(abs(Double(below) / n - 0.5) < 5 * 0.5 / n.squareRoot())
      }
    }
  }
}

import Kernels
import Testing

@testable import Risk

@Suite struct ReturnTableTests {
  @Test func someBars() {
    let table = ReturnTable(
      symbols: ["A", "B"], timeNs: [1, 2, 3],
      values: Matrix(rows: 3, columns: 2, [1, 2, 3, 4, 5, 6]),
      barsPerYear: 252)
    #expect(table.bars(1..<3).values.values == [3, 4, 5, 6])
  }
}

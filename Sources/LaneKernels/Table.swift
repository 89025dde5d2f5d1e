import Kernels

extension LaneKernel {
  /// The loops of this instruction set.
  public static func table(name: String) -> KernelTable {
    KernelTable(
      name: name,
      run: { run($0, $1, $2, $3, careful: $4, log: $5) },
      unary: { BlockOperations.unary($0, $1, $2, $3) },
      binary: { BlockOperations.binary($0, $1, $2, $3, $4) },
      select: { BlockOperations.select($0, $1, $2, $3, $4) },
      crosses: { BlockOperations.crosses($0, $1, $2, $3, $4, $5) },
      barsSince: { BlockOperations.barsSince($0, $1, $2, $3) },
      compare: { ConditionBits.compare($0, $1, $2, $3, $4) },
      order: { ConditionBits.order($0, $1, $2, $3, $4) },
      words: { ConditionBits.words($0, $1, $2) },
      interleave: { BlockOperations.interleave($0, $1, $2) },
      weightDistance: { WeightDistance.sum($0, $1, $2, $3, $4) },
      weightSlope: { WeightDistance.slope($0, $1, $2, $3, $4) },
      heldBars: {
        HeldBars.run($0, $1, stride: $2, count: $3, settled: $4, cash: $5, $6)
      },
      portfolioPath: { PortfolioPath.run($0, $1, stride: $2, count: $3, $4, $5) },
      rowTail: { RowTail.run($0, $1, $2, $3, $4) },
      heldRows: { HeldRows.run($0) },
      heldReturns: { HeldRows.returns($0, $1, $2, $3) },
      rowSums: { HeldRows.sum($0, $1, $2, $3) },
      drawnRows: { DrawnRows.run($0) })
  }
}

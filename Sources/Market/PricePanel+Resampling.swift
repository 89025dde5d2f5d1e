import Dispatch
import Kernels

extension BinPlan {
  /// Its runs in parts of at least so many, each of whole bins.
  fileprivate func chunks(of share: Int) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 0
    while start < runs.count {
      var end = min(runs.count, start + share)
      while end < runs.count && runs[end].bin == runs[end - 1].bin { end += 1 }
      chunks.append(start..<end)
      start = end
    }
    return chunks
  }
}

extension PricePanel {
  /// How a field of bars becomes one of longer bars unless it is said otherwise.
  ///
  /// `open` and `…_open` first, `high` and `…_high` the greatest, `low` and `…_low` the least, `volume`, `volume_…`,
  /// `…_volume` and `trades` the sum; all others, such as `close`, `bid` and `market_cap`, the last.
  public static func customaryFold(_ field: String) -> RowFold {
    func ends(_ word: String) -> Bool { field == word || field.hasSuffix("_" + word) }
    if ends("open") { return .first }
    if ends("high") { return .max }
    if ends("low") { return .min }
    if ends("volume") || field.hasPrefix("volume_") || field == "trades" { return .sum }
    return .last
  }

  /// Its fields with bars put together.
  ///
  /// - Parameters:
  ///   - plan: made for this panel's times.
  ///   - folds: how, by field; NaN is passed over, and a bin without values is NaN.
  ///   - workers: how many at a time; the result is the same for any number.
  /// - Returns: fields in the panel's order, each `[bins, N]` row-major.
  /// - Complexity: each field is read once.
  public func resampled(_ plan: BinPlan, folds: [RowFold], workers: Int) -> [PanelDraft.Field] {
    precondition(folds.count == fields.count, "a fold for each field")
    let bins = plan.stamps.count
    let width = symbolCount
    // Enough of them that workers end together.
    let chunks = plan.chunks(of: max(1, plan.runs.count / max(1, workers * 8)))
    return fields.indices.map { field in
      let fold = folds[field]
      let values = [Double](unsafeUninitializedCapacity: bins * width) { output, count in
        output.initialize(repeating: .nan)
        count = bins * width
        guard let base = output.baseAddress else { return }
        // Chunks write different rows.
        nonisolated(unsafe) let rows = base
        DispatchQueue.concurrentPerform(iterations: min(workers, chunks.count)) { worker in
          var counts = [Double](repeating: 0, count: width)
          for index in stride(from: worker, to: chunks.count, by: max(1, workers)) {
            self.fold(field, plan, chunks[index], fold, rows, &counts)
          }
        }
      }
      return PanelDraft.Field(name: fields[field], values: values)
    }
  }

  private func fold(
    _ field: Int, _ plan: BinPlan, _ chunk: Range<Int>, _ fold: RowFold,
    _ rows: UnsafeMutablePointer<Double>, _ counts: inout [Double]
  ) {
    let width = symbolCount
    let source = storage.field(field)
    counts.withUnsafeMutableBufferPointer { counts in
      guard let tally = counts.baseAddress else { return }
      for index in chunk {
        let run = plan.runs[index]
        let output = rows + run.bin * width
        fold.fold(
          source + run.bars.lowerBound * width, rows: run.bars.count, width: width, into: output,
          counts: tally)
        guard fold == .mean else { continue }
        if index + 1 == chunk.upperBound || plan.runs[index + 1].bin != run.bin {
          fold.finish(output, width: width, counts: tally)
          counts.update(repeating: 0)
        }
      }
    }
  }
}

import Kernels
import Market

/// What is taken away from the data of a plan, to see whether anything before depends on it.
struct Hindsight: Sendable {
  /// What becomes of values from an instant on.
  enum Kind: Sendable {
    /// There are no such bars.
    case absent
    /// They are random, some of them missing, some absurd.
    case poisoned(seed: UInt64)
    /// They are those of a random path.
    case drawn(DrawnMarket)
    /// They are those of a panel that was made of a random path, and may be longer.
    case path(PricePanel)
  }

  /// Whether the data is a random path.
  var isDrawn: Bool {
    switch kind {
    case .drawn, .path: true
    case .absent, .poisoned: false
    }
  }

  /// The panel that stands in place of the store's; nil if that one is changed.
  var panel: PricePanel? { if case .path(let panel) = kind { panel } else { nil } }

  /// First instant that is not known.
  var instant: Int64
  /// What becomes of values from it on.
  var kind: Kind

  /// A panel without its future, or with another one.
  func apply(to panel: PricePanel) -> PricePanel {
    let bar = panel.time.firstBar(atOrAfter: instant)
    switch kind {
    case .absent: return panel.prefix(bars: bar)
    case .drawn(let market): return market.apply(to: panel)
    case .path(let other): return other
    case .poisoned(let seed):
      let words = panel.fields.map { !["open", "high", "low", "close", "volume"].contains($0) }
      return panel.changed(from: bar) { field, place, value in
        Self.poison(value, isScore: words[field], seed: seed, UInt32(field), place)
      }
    }
  }

  /// Values of a file without their future.
  func apply(to draft: PanelDraft) -> PanelDraft {
    var draft = draft
    let bars = draft.timeNs.firstIndex { $0 >= instant } ?? draft.timeNs.count
    let first = bars * draft.symbols.count
    for field in draft.fields.indices {
      for place in first..<draft.fields[field].values.count {
        let value = draft.fields[field].values[place]
        switch kind {
        case .absent, .drawn, .path: draft.fields[field].values[place] = .nan
        case .poisoned(let seed):
          draft.fields[field].values[place] = Self.poison(
            value, isScore: true, seed: seed, UInt32(field), place)
        }
      }
    }
    return draft
  }

  /// Another value: a tenth of them missing, the others up to a hundred times as large or small; prices stay above zero.
  private static func poison(
    _ value: Double, isScore: Bool, seed: UInt64, _ field: UInt32, _ place: Int
  ) -> Double {
    let stream = PhiloxStream(
      seed: seed, stream: field, symbol: UInt32(truncatingIfNeeded: place >> 32))
    let step = UInt32(truncatingIfNeeded: place)
    let first = stream.uniforms(step: step)
    if first[0] < 0.1 { return .nan }
    let size = DeterministicMath.exp((first[1] - 0.5) * 9)
    let base = value.isFinite && value != 0 ? value.magnitude : 100
    return isScore && stream.uniforms(step: step, draw: 1)[0] < 0.5 ? -base * size : base * size
  }
}

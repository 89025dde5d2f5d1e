import Simulation

/// How the lanes of a plan are numbered: groups slowest, then parameter sets, variants fastest.
///
/// A group is a symbol, or a portfolio over all of them. A variant is a wallet, or one of two orders of events inside bars, or both;
/// variants of one parameter set are neighbours.
public struct LaneLayout: Sendable, Equatable {
  /// One of several ways in which every lane is run.
  public struct Variant: Sendable, Equatable {
    /// Position of the wallet in the spec.
    public var wallet = 0
    /// The order of events inside bars; nil for the spec's.
    public var bound: Intrabar?
  }

  /// Names for the column `symbol`, by group.
  public let groups: [String]
  /// Number of parameter sets.
  public let setCount: Int
  /// The variants; one if there is nothing to choose.
  public let variants: [Variant]

  /// Number of lanes.
  public var laneCount: Int { groups.count * setCount * variants.count }

  /// Where a lane stands.
  public func place(of lane: Int) -> (group: Int, set: Int, variant: Int) {
    let pair = lane / variants.count
    return (pair / setCount, pair % setCount, lane % variants.count)
  }

  /// The variants of a spec: its wallets, and for each of them its bounds.
  static func variants(of spec: Spec) -> [Variant] {
    spec.wallets.indices.flatMap { wallet in
      (spec.bounds ? [Intrabar.worst, .best] : [nil]).map { Variant(wallet: wallet, bound: $0) }
    }
  }
}

extension RunPlan {
  /// A text column that tells variants apart.
  struct VariantLabel: Sendable {
    var name: String
    var texts: [String]
    /// Position of the text, by variant.
    var places: [Int32]

    func index(_ variant: Int) -> Int32 { places[variant] }
  }

  /// Columns that tell variants apart; none where there is one variant.
  var labels: [VariantLabel] {
    var labels: [VariantLabel] = []
    if spec.wallets.contains(where: { !$0.name.isEmpty }) {
      labels.append(
        VariantLabel(
          name: "wallet", texts: spec.wallets.map(\.name),
          places: layout.variants.map { Int32($0.wallet) }))
    }
    if spec.bounds {
      labels.append(
        VariantLabel(
          name: "bound", texts: [Intrabar.worst.rawValue, Intrabar.best.rawValue],
          places: layout.variants.map { $0.bound == .best ? 1 : 0 }))
    }
    return labels
  }
}

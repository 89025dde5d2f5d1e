/// What became of a rule by some trades.
public struct LimitChange: Sendable {
  /// In a word.
  public enum Kind: String, Sendable, CaseIterable {
    /// Kept before and after.
    case kept
    /// Kept or unknown before, broken after.
    case newBreach = "new_breach"
    /// Broken before and after, by more than a basis point of equity more.
    case worse
    /// Broken before and after, by no more than that.
    case still
    /// Broken before, kept after.
    case cured
    /// Not known after.
    case unknown
  }

  /// Before; nil for a symbol or sector that the rule told nothing of.
  public var before: LimitCheck?
  /// After; nil for one that it tells nothing of any more.
  public var after: LimitCheck?
  /// What became of it.
  public var kind: Kind

  /// Pairs the checks of one portfolio before and after.
  ///
  /// A rule that names another symbol as its largest is the same rule; one that several symbols break is told for each of them.
  public static func pairs(_ before: [LimitCheck], _ after: [LimitCheck]) -> [LimitChange] {
    var changes: [LimitChange] = []
    var rules: [(rule: String, kind: Limit.Kind)] = []
    for check in before + after
    where !rules.contains(where: { $0.rule == check.rule && $0.kind == check.kind }) {
      rules.append((check.rule, check.kind))
    }
    for rule in rules {
      let old = before.filter { $0.rule == rule.rule && $0.kind == rule.kind }
      let new = after.filter { $0.rule == rule.rule && $0.kind == rule.kind }
      let (broken, breaking) = (
        old.filter { $0.status == .breach }, new.filter { $0.status == .breach }
      )
      if broken.isEmpty && breaking.isEmpty {
        changes.append(LimitChange(old.first, new.first))
        continue
      }
      for check in breaking {
        changes.append(
          LimitChange(
            broken.first { $0.isSame(as: check) } ?? old.first { $0.status != .breach }, check))
      }
      for check in broken where !breaking.contains(where: { $0.isSame(as: check) }) {
        changes.append(LimitChange(check, new.first { $0.status != .breach }))
      }
    }
    return changes
  }

  private init(_ before: LimitCheck?, _ after: LimitCheck?) {
    self.before = before
    self.after = after
    let wasBroken = before?.status == .breach
    switch after?.status {
    case .unknown: kind = .unknown
    case .breach where !wasBroken: kind = .newBreach
    case .breach:
      // All weights grow a little when costs make equity less; that is not what a trade is judged by.
      let (old, new) = (before?.excess ?? .nan, after?.excess ?? .nan)
      kind = new > old + 1e-4 ? .worse : .still
    case .ok, nil: kind = wasBroken ? .cured : .kept
    }
  }
}

import Market

extension ActionsImporter {
  /// Turns dividends in today's shares into those of their day.
  static func unadjust(_ found: inout [Found]) {
    let splits = Dictionary(
      grouping: found.filter { $0.action.kind == .split }, by: \.action.symbol)
    for index in found.indices where found[index].action.kind == .dividend {
      let dividend = found[index].action
      // A dividend of a split's day is paid on old shares.
      for split in splits[dividend.symbol] ?? [] where split.action.timeNs >= dividend.timeNs {
        found[index].action.value *= split.action.value
      }
    }
  }

  /// Puts the actions of a file together: equal ones count once, different dividends of a day add up.
  static func join(
    _ found: [Found], _ path: String, _ options: ImportOptions, _ draft: inout FactsDraft
  ) throws(ImportError) {
    var places = Dictionary(
      draft.actions.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: [NamedAction.Key: [NamedAction]] = [:]
    var (repeated, added) = (0, 0)
    for entry in found {
      let action = entry.action
      guard let place = places[action.key] else {
        places[action.key] = draft.actions.count
        seen[action.key] = [action]
        draft.actions.append(action)
        continue
      }
      let known = seen[action.key] ?? [draft.actions[place]]
      if known.contains(action) {
        repeated += 1
      } else if action.kind == .dividend {
        added += 1
        seen[action.key] = known + [action]
        draft.actions[place].value += action.value
        draft.actions[place].factor += action.factor - 1
      } else {
        var row = entry.row
        row.reason =
          "\(action.symbol) has another \(action.kind.rawValue) on "
          + "\(Timestamp.text(nanoseconds: action.timeNs)), and not the same"
        try draft.refuse(row, path: path, options)
      }
    }
    if repeated > 0 { draft.notes.append("\(path): \(repeated) rows repeat others") }
    if added > 0 {
      draft.notes.append("\(path): \(added) dividends were added to others of the same day")
    }
  }
}

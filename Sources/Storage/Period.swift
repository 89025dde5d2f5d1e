import Market

/// How the bars of a folder store are spread over its files.
public enum Period: String, Sendable, CaseIterable {
  /// A file a year, `2024.h5`.
  case year
  /// A file a month, `2024-03.h5`.
  case month

  /// Years for bars of a day and more, months for shorter ones.
  public init(frequencyNs: Int64) { self = frequencyNs >= Calendar.dayNs ? .year : .month }

  /// The period that the name of a file is for; nil if it is for none.
  init?(fileName: String) {
    let parts = fileName.dropLast(fileName.hasSuffix(".h5") ? 3 : 0).split(
      separator: "-", omittingEmptySubsequences: false)
    let isNumeric = parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
    switch (isNumeric, parts.map(\.utf8.count)) {
    case (true, [4]): self = .year
    case (true, [4, 2]) where (1...12).contains(Int(parts[1]) ?? 0): self = .month
    default: return nil
    }
  }

  /// Name of the file for a bar, by the UTC date of its start.
  func fileName(timeNs: Int64) -> String {
    let day = timeNs / Calendar.dayNs - (timeNs % Calendar.dayNs < 0 ? 1 : 0)
    // YYYY-MM-DD: what 64-bit nanoseconds reach lies between 1677 and 2262.
    let date = CivilDate(daysSinceEpoch: day).description
    return date.prefix(self == .year ? 4 : 7) + ".h5"
  }

  /// A draft as one draft a period, in order.
  func split(_ draft: PanelDraft) -> [(fileName: String, draft: PanelDraft)] {
    var parts: [(fileName: String, draft: PanelDraft)] = []
    let width = draft.symbols.count
    var start = 0
    while start < draft.timeNs.count {
      let name = fileName(timeNs: draft.timeNs[start])
      let end =
        draft.timeNs[start...].firstIndex { fileName(timeNs: $0) != name } ?? draft.timeNs.count
      var part = draft
      part.timeNs = Array(draft.timeNs[start..<end])
      part.fields = draft.fields.map {
        .init(name: $0.name, values: Array($0.values[start * width..<end * width]))
      }
      parts.append((name, part))
      start = end
    }
    return parts
  }
}

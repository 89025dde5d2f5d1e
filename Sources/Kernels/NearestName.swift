/// The candidate that was probably meant by a misspelt name, or nil if none is near.
///
/// Distance counts insertions, deletions, replacements and swaps of neighbours, ignoring case; it may be at most 2, or
/// a third of the name's length where that is more, and must leave something in common. The first of equals wins.
///
/// - Parameters:
///   - name: what was written.
///   - candidates: the names that exist.
/// - Complexity: O(length²) for each candidate of similar length.
/// - Source: Damerau (1964), Levenshtein (1966); the restricted form (optimal string alignment).
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  let limit = max(2, wanted.count / 3)
  var nearest: String?
  var least = limit + 1
  for candidate in candidates {
    let found = Array(candidate.lowercased().unicodeScalars)
    let longer = max(wanted.count, found.count)
    if longer - min(wanted.count, found.count) >= least { continue }
    let distance = editDistance(wanted, found)
    if distance < least, distance < longer || longer == 0 {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

/// The question that follows a sentence about a misspelt name, a space before it; empty if nothing is near.
public func didYouMean(_ nearest: String?) -> String { didYouMean(nearest.map { [$0] } ?? []) }

/// The question that follows a sentence about several misspelt names; empty if nothing is near.
public func didYouMean(_ nearest: [String]) -> String {
  nearest.isEmpty ? "" : " Did you mean '\(nearest.joined(separator: "', '"))'?"
}

/// What happened as a sentence: with a full stop, unless it ends as one already.
public func sentence(_ text: String) -> String {
  text.hasSuffix(".") || text.hasSuffix("?") ? text : text + "."
}

/// Least number of insertions, deletions, replacements and swaps of neighbours between two names.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        least = min(least, beforeLast[j - 1] + 1)
      }
      row.append(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

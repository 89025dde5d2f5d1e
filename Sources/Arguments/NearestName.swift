/// The name that a mistyped word most likely meant, or `nil` if none is near.
///
/// Near means at most one edit for every three letters and never fewer than one; a swap of two
/// neighbours is one edit. The first of equally near names wins.
func nearest(to word: String, among names: [String]) -> String? {
  let lowered = Array(word.lowercased())
  // A very long word can't be near any name, and must not cost quadratic time.
  guard lowered.count <= 64 else { return nil }
  let limit = max(1, lowered.drop { $0 == "-" }.count / 3)
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(lowered, Array(name.lowercased()))
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

/// Fewest insertions, deletions, substitutions and swaps of neighbours between two words.
///
/// Optimal string alignment, in O(|a|·|b|).
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var before = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], before[j - 2] + 1)
      }
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}

import Glibc

/// Numbers symbols in order of first sight, without making a string for each row.
///
/// Files repeat their symbols in a pattern: the same as in the row before, or the one that followed
/// it last time. Both guesses are tried before the dictionary.
struct SymbolInterner {
  private(set) var names: [String] = []
  private var bytes: [[UInt8]] = []
  private var successor: [UInt32] = []
  private var positions: [String: UInt32] = [:]
  private var last: UInt32 = 0

  /// The number of a symbol; nil if the bytes are not UTF-8.
  mutating func index(of symbol: UnsafeBufferPointer<UInt8>) -> UInt32? {
    if !names.isEmpty {
      if matches(last, symbol) { return last }
      let guess = successor[Int(last)]
      if matches(guess, symbol) {
        last = guess
        return guess
      }
    }
    guard let name = String(validating: symbol, as: UTF8.self) else { return nil }
    let found: UInt32
    if let known = positions[name] {
      found = known
    } else {
      found = UInt32(names.count)
      names.append(name)
      bytes.append(Array(symbol))
      successor.append(found)
      positions[name] = found
    }
    successor[Int(last)] = found
    last = found
    return found
  }

  private func matches(_ index: UInt32, _ symbol: UnsafeBufferPointer<UInt8>) -> Bool {
    let known = bytes[Int(index)]
    guard known.count == symbol.count, let base = symbol.baseAddress else { return false }
    return memcmp(known, base, known.count) == 0
  }
}

/// Numbers instants in order of first sight; the guesses are the last one and the one first seen
/// after it.
struct TimeInterner {
  private(set) var times: [Int64] = []
  private var positions: [Int64: UInt32] = [:]
  private var last = 0

  /// The number of an instant.
  mutating func index(of time: Int64) -> UInt32 {
    if last < times.count, times[last] == time { return UInt32(last) }
    if last + 1 < times.count, times[last + 1] == time {
      last += 1
      return UInt32(last)
    }
    if let known = positions[time] {
      last = Int(known)
      return known
    }
    last = times.count
    times.append(time)
    positions[time] = UInt32(last)
    return UInt32(last)
  }
}

import Glibc

/// Nanoseconds of a clock that never goes back and that nobody sets.
public func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Uses a value as far as the optimiser can tell, so that what computed it is not removed.
@inline(never) @_optimize(none)
public func blackHole<Value>(_ value: Value) {}

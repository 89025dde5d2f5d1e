import Glibc
import Synchronization

/// How long threads of this process were ready to run and had to wait for a processor.
///
/// That is the time that others took away. The second number of `/proc/self/task/<id>/schedstat` holds it
/// for each thread, in nanoseconds.
public struct SchedulerWait: Sendable, Equatable {
  /// Nanoseconds by thread.
  package var threads: [Int: UInt64]
  /// Nanoseconds that child processes waited, as far as they were told.
  package var children: UInt64

  private static let childrenTotal = Atomic<UInt64>(0)

  /// A state that is known already.
  package init(threads: [Int: UInt64], children: UInt64) {
    self.threads = threads
    self.children = children
  }

  /// The state now; nil where the kernel doesn't tell.
  public static func now() -> SchedulerWait? {
    guard let folder = opendir("/proc/self/task") else { return nil }
    defer { closedir(folder) }
    var threads: [Int: UInt64] = [:]
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let id = Int(name) else { continue }
      // A thread that ends between the two calls has no file any more, and no part in what follows.
      if let text = readSmallFile("/proc/self/task/\(name)/schedstat"), let wait = parse(text) {
        threads[id] = wait
      }
    }
    if threads.isEmpty { return nil }
    return SchedulerWait(
      threads: threads, children: childrenTotal.load(ordering: .relaxed))
  }

  /// Nanoseconds of waiting since an earlier state.
  ///
  /// Threads that ended meanwhile are not counted.
  public func since(_ earlier: SchedulerWait) -> UInt64 {
    threads.reduce(children &- earlier.children) { total, thread in
      let before = earlier.threads[thread.key] ?? 0
      return total + (thread.value > before ? thread.value - before : 0)
    }
  }

  /// Adds the waiting of a child process that has ended and was not yet reaped.
  static func addChild(_ process: pid_t) {
    if let text = readSmallFile("/proc/\(process)/schedstat"), let wait = parse(text) {
      childrenTotal.wrappingAdd(wait, ordering: .relaxed)
    }
  }

  /// The second number of `cpu_ns wait_ns slices`.
  package static func parse(_ text: String) -> UInt64? {
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.count >= 2 ? UInt64(words[1]) : nil
  }
}

/// The text of a file of at most a page, as those of `/proc`; nil if it can't be read.
func readSmallFile(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
    let count = read(descriptor, buffer.baseAddress, buffer.count)
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }
}

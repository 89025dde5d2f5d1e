import CHDF5
import Glibc

/// The door to the C library: one thread at a time, its printing off, its errors turned into values.
///
/// Every call into C happens inside `enter`, which holds one recursive lock. The library has a global lock of
/// its own, so this costs no parallelism; it makes an operation and the reading of its error stack one step.
public enum Library {
  private static let gate = Gate()

  /// Runs `body` with the library to itself; may be nested.
  @discardableResult
  public static func enter<Value: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    gate.lock()
    defer { gate.unlock() }
    // The setting is one of each thread, and nothing else in the process may rely on it being on.
    if gate.depth == 1 { _ = apus_h5_silence() }
    return try body()
  }

  /// Traps unless the calling thread is inside `enter`.
  static func checkEntered() {
    precondition(gate.isHeldByThisThread, "a call into HDF5 outside of Library.enter")
  }

  /// Number of files, groups, datasets and attributes that are open in this process.
  ///
  /// Zero after every operation is complete: what is more is a leak.
  ///
  /// - Parameter prefix: counts only objects of files whose path begins so; by default all.
  public static func openObjectCount(pathPrefix prefix: String = "") -> Int {
    enter {
      let count = H5Fget_obj_count(apus_h5_every_file(), apus_h5_every_kind())
      if prefix.isEmpty || count <= 0 { return Int(count) }
      var ids = [hid_t](repeating: 0, count: Int(count))
      let filled = H5Fget_obj_ids(apus_h5_every_file(), apus_h5_every_kind(), ids.count, &ids)
      return ids.prefix(max(0, Int(filled))).count { fileName(of: $0).hasPrefix(prefix) }
    }
  }

  private static func fileName(of object: hid_t) -> String {
    var name = [CChar](repeating: 0, count: 4097)
    let length = H5Fget_name(object, &name, name.count)
    guard length > 0 else { return "" }
    return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Version of the linked library, for example `1.10.8`.
  public static var version: String {
    enter {
      var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
      H5get_libversion(&major, &minor, &release)
      return "\(major).\(minor).\(release)"
    }
  }

  /// What went wrong in the last call of this thread, innermost cause first.
  static func errorStack() -> String {
    checkEntered()
    var causes: [String] = []
    withUnsafeMutablePointer(to: &causes) { causes in
      _ = H5Ewalk2(
        apus_h5_error_stack(), H5E_WALK_UPWARD,
        { _, entry, context in
          if let text = entry?.pointee.desc, let context {
            let causes = context.assumingMemoryBound(to: [String].self)
            let cause = plain(String(cString: text))
            if causes.pointee.last != cause { causes.pointee.append(cause) }
          }
          return 0
        }, causes)
    }
    return causes.isEmpty ? "no reason given" : causes.joined(separator: "; ")
  }
}

/// A cause without what differs from run to run.
///
/// The file driver writes "file write failed: time = …, errno = 28, error message = 'No space left on device', buf =
/// 0x…".
private func plain(_ cause: String) -> String {
  guard let time = cause.firstRange(of: ": time = "),
    let message = cause.firstRange(of: "error message = '")
  else { return cause }
  return cause[..<time.lowerBound] + ": " + cause[message.upperBound...].prefix { $0 != "'" }
}

/// A recursive lock that knows whether the calling thread holds it.
private final class Gate {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  // 0 is no thread.
  private var owner: pthread_t = 0
  private(set) var depth = 0

  init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  func lock() {
    pthread_mutex_lock(mutex)
    owner = pthread_self()
    depth += 1
  }

  func unlock() {
    depth -= 1
    if depth == 0 { owner = 0 }
    pthread_mutex_unlock(mutex)
  }

  /// Only meaningful as a check: without the lock the answer is "no" unless a caller broke the rule.
  var isHeldByThisThread: Bool { owner == pthread_self() }
}

// `owner` and `depth` are written only by the thread that holds the mutex.
extension Gate: @unchecked Sendable {}

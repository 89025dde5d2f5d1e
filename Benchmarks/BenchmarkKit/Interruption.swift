import Glibc
import Synchronization

/// Whether the user asked to stop: rounds end then, and files can be removed.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether SIGINT or SIGTERM came.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Takes note of SIGINT and SIGTERM from now on; a second one ends the process as usual.
  public static func watch() {
    // Made now, since a handler may not initialise anything.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}

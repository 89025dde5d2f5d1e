import Glibc
import Synchronization

/// A wish to stop, as sent by Ctrl-C or a scheduler.
///
/// The first signal raises a flag that verbs poll between tiles, so that what is finished can be
/// written; a second one ends the process at once.
package enum Interrupts {
  /// Raised by the first signal; pass it to long work as its stop flag.
  package static let requested = Atomic<Bool>(false)

  /// Whether a signal has come.
  package static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Throws if a signal has come.
  package static func check() throws(Interrupted) {
    if isRequested { throw Interrupted() }
  }

  private static let notice: StaticString =
    "\ninterrupted: keeping what is finished; press Ctrl-C again to stop at once\n"
  /// Asked once: a signal handler may not ask.
  private static let tellsUser = isatty(2) == 1

  /// Begins to listen for SIGINT and SIGTERM, unless the caller had them ignored (`nohup`, `&`).
  package static func install() {
    // Made now: a signal handler must not be the first to touch a lazy global.
    requested.store(false, ordering: .relaxed)
    _ = (tellsUser, notice)
    for number in [SIGINT, SIGTERM] {
      var old = sigaction()
      sigaction(number, nil, &old)
      if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        let number = errno
        Interrupts.requested.store(true, ordering: .relaxed)
        if Interrupts.tellsUser {
          _ = write(2, Interrupts.notice.utf8Start, Interrupts.notice.utf8CodeUnitCount)
        }
        errno = number
      }
      // The second signal finds the system's own handling, which kills.
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
      sigaction(number, &action, nil)
    }
  }
}

/// Work that stopped because a signal asked for it.
package struct Interrupted: Error, CustomStringConvertible {
  /// An interruption.
  package init() {}
  /// What happened.
  package var description: String { "interrupted" }
}

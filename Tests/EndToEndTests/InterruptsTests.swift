import Glibc
import Testing
import apus

// One at a time: signals belong to the whole process.
@Suite(.serialized) struct InterruptsTests {
  @Test func theFirstSignalAsksAndTheSecondKills() throws {
    // A shell that started the tests in the background has SIGINT ignored.
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    defer {
      signal(SIGINT, SIG_DFL)
      signal(SIGTERM, SIG_DFL)
      Interrupts.requested.store(false, ordering: .relaxed)
    }
    Interrupts.install()
    try Interrupts.check()
    // To the process, as a terminal does it: Dispatch's threads, which tests run on, take no signals.
    kill(getpid(), SIGINT)
    for _ in 0..<2000 where !Interrupts.isRequested { usleep(1000) }
    #expect(Interrupts.isRequested)
    #expect(throws: Interrupted.self) { try Interrupts.check() }
    #expect(ExitStatus.of(Interrupted()) == .interrupted)
    #expect(handler(of: SIGINT) == 0, "the system's own handling is back")
    #expect(handler(of: SIGTERM) != 0, "a scheduler's first signal still only asks")
  }

  @Test func anIgnoredSignalStaysIgnored() {
    let before = signal(SIGTERM, SIG_IGN)
    defer { signal(SIGTERM, before) }
    Interrupts.install()
    #expect(handler(of: SIGTERM) == 1)
  }

  /// The address of a signal's handler; 0 is the system's own, 1 ignores.
  private func handler(of number: Int32) -> Int {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  }
}

import Glibc

/// Runs programs that are timed as a whole.
public enum ChildProcess {
  /// Starts a program, waits for its end and throws away what it prints.
  ///
  /// - Parameters:
  ///   - program: path of the executable.
  ///   - words: its arguments, without its own name.
  /// - Throws: `system` if it can't be started, `childFailed` if it doesn't end with status 0.
  public static func run(_ program: String, _ words: [String] = []) throws(BenchmarkError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream: Int32 in 0...2 {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    var arguments = ([program] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, nil, &arguments, environ)
    guard code == 0 else { throw .system(call: "posix_spawn", path: program, code: code) }
    // Left unreaped for a moment, so that its waiting can still be read.
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    SchedulerWait.addChild(process)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let ended = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    guard ended == 0 else { throw .childFailed(program: program, status: ended) }
  }
}

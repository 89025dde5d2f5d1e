import Foundation
import TestSupport
import Testing

/// What a process printed and how it ended.
struct ProcessResult: Sendable {
  let output: String
  let errors: String
  /// The exit status, or 128 and the signal's number as shells count.
  let status: Int32
}

/// Runs the built executable as a user would.
enum RunApus {
  /// The executable that was built along with these tests.
  static let executable: URL = {
    // The path of a test bundle's executable lies in the build folder, beside `apus`.
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appending(path: "apus")
      if FileManager.default.isExecutableFile(atPath: candidate.path),
        (try? candidate.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
      {
        return candidate
      }
      folder.deleteLastPathComponent()
    }
    fatalError("no executable 'apus' beside the tests in \(CommandLine.arguments[0])")
  }()

  /// Runs `apus` and waits.
  ///
  /// - Parameters:
  ///   - words: its arguments.
  ///   - folder: where it runs; a scratch folder of its own if `nil`.
  ///   - input: what it reads on standard input.
  ///   - environment: added to a bare environment.
  ///   - timeout: seconds after which it is killed and the test fails.
  static func run(
    _ words: [String], in folder: ScratchFolder? = nil, input: String = "",
    environment: [String: String] = [:], timeout: Double = 60
  ) async throws -> ProcessResult {
    try await run(
      executable, words, in: folder, input: input, environment: environment, timeout: timeout)
  }

  /// Runs a line of shell in which `apus` is found.
  static func shell(
    _ line: String, shell: String = "/bin/sh", in folder: ScratchFolder? = nil,
    environment: [String: String] = [:], timeout: Double = 60
  ) async throws -> ProcessResult {
    var environment = environment
    environment["PATH"] = executable.deletingLastPathComponent().path + ":/usr/bin:/bin"
    return try await run(
      URL(filePath: shell), ["-c", line], in: folder, environment: environment, timeout: timeout)
  }

  private static func run(
    _ program: URL, _ words: [String], in folder: ScratchFolder?, input: String = "",
    environment: [String: String], timeout: Double
  ) async throws -> ProcessResult {
    let scratch = try folder ?? ScratchFolder()
    let streams = try ScratchFolder()
    for name in ["in", "out", "err"] { try streams.write(name == "in" ? input : "", to: name) }
    let process = Process()
    process.executableURL = program
    process.arguments = words
    process.currentDirectoryURL = scratch.url
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": scratch.url.path]
      .merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody reads while the process runs would fill up and block.
    process.standardInput = try FileHandle(forReadingFrom: streams.url.appending(path: "in"))
    process.standardOutput = try FileHandle(forWritingTo: streams.url.appending(path: "out"))
    process.standardError = try FileHandle(forWritingTo: streams.url.appending(path: "err"))
    try process.run()
    let deadline = ContinuousClock.now + .seconds(timeout)
    while process.isRunning, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    if process.isRunning {
      kill(process.processIdentifier, SIGKILL)
      Issue.record("\(program.lastPathComponent) \(words) ran longer than \(timeout) s")
    }
    process.waitUntilExit()
    let died = process.terminationReason == .uncaughtSignal
    return ProcessResult(
      output: try streams.read("out"), errors: try streams.read("err"),
      status: process.terminationStatus + (died ? 128 : 0))
  }
}

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

  /// Starts `apus` and does not wait; SIGINT reaches it even if the tests were started in the background.
  static func start(
    _ words: [String], in folder: ScratchFolder, environment: [String: String] = [:]
  ) throws -> RunningApus {
    try RunningApus(
      URL(filePath: "/usr/bin/env"), ["--default-signal=INT", executable.path] + words, in: folder,
      environment: environment)
  }

  private static func run(
    _ program: URL, _ words: [String], in folder: ScratchFolder?, input: String = "",
    environment: [String: String], timeout: Double
  ) async throws -> ProcessResult {
    try await RunningApus(
      program, words, in: folder ?? ScratchFolder(), input: input, environment: environment
    ).finish(timeout: timeout)
  }
}

/// A process under way.
final class RunningApus {
  private let process = Process()
  private let streams: ScratchFolder
  private let folder: ScratchFolder

  init(
    _ program: URL, _ words: [String], in folder: ScratchFolder, input: String = "",
    environment: [String: String]
  ) throws {
    self.folder = folder
    streams = try ScratchFolder()
    for name in ["in", "out", "err"] { try streams.write(name == "in" ? input : "", to: name) }
    process.executableURL = program
    process.arguments = words
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.url.path]
      .merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody reads while the process runs would fill up and block.
    process.standardInput = try FileHandle(forReadingFrom: streams.url.appending(path: "in"))
    process.standardOutput = try FileHandle(forWritingTo: streams.url.appending(path: "out"))
    process.standardError = try FileHandle(forWritingTo: streams.url.appending(path: "err"))
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// The most memory that it has had resident so far, in MiB; nil if it has ended.
  var peakMebibytes: Int? {
    let path = "/proc/\(process.processIdentifier)/status"
    guard let status = try? String(contentsOfFile: path, encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return Int(line.split(separator: " ")[1]).map { $0 / 1024 }
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// What it has said on standard error so far.
  func errors() throws -> String { try streams.read("err") }

  /// Waits for the end; after `timeout` seconds it is killed and the test fails.
  func finish(timeout: Double = 60) async throws -> ProcessResult {
    let deadline = ContinuousClock.now + .seconds(timeout)
    while process.isRunning, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(2))
    }
    if process.isRunning {
      signal(SIGKILL)
      Issue.record("\(process.arguments ?? []) ran longer than \(timeout) s")
    }
    process.waitUntilExit()
    let died = process.terminationReason == .uncaughtSignal
    return ProcessResult(
      output: try streams.read("out"), errors: try streams.read("err"),
      status: process.terminationStatus + (died ? 128 : 0))
  }
}

import BenchmarkKit
import FoundationEssentials
import Glibc
import Storage

/// Reports as JSON files.
package enum ReportFile {
  /// A report as JSON, keys in order.
  package static func json(_ report: BenchmarkReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }

  /// Reads a file of numbers.
  package static func read(_ path: String) throws(ReportFileError) -> BenchmarkReport {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(path: path)
    }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(BenchmarkReport.self, from: data)
    } catch {
      throw .notAReport(path: path, reason: reason(error))
    }
  }

  /// Refuses a path that could not be written to.
  package static func checkTarget(_ path: String) throws(StorageError) {
    try AtomicFile.checkTarget(path, force: true)
  }

  /// Writes a report whole or not at all.
  package static func write(_ report: BenchmarkReport, to path: String, force: Bool) throws {
    try AtomicFile.write(try json(report), to: path, force: force)
  }

  /// Makes a folder unless it is there.
  package static func makeFolder(_ path: String) throws(ReportFileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .noFolder(path: path)
    }
  }

  /// Adds a report to a folder under its date, replacing nothing, and returns the path.
  package static func record(_ report: BenchmarkReport, in folder: String) throws -> String {
    try makeFolder(folder)
    let name = String(report.machine.date.map { $0 == ":" ? "-" : $0 })
    var path = "\(folder)/\(name).json"
    var count = 1
    while access(path, F_OK) == 0 {
      count += 1
      path = "\(folder)/\(name)-\(count).json"
    }
    try write(report, to: path, force: false)
    return path
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): "it has no '\(key.stringValue)'\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "a value is of the wrong kind\(place(context))"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty ? "it is no JSON" : "a value is wrong\(place(context))"
    default: "it is no JSON"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty
      ? "" : " at " + context.codingPath.map(\.stringValue).joined(separator: ".")
  }
}

/// Why a file of numbers can't be used.
package enum ReportFileError: Error, Equatable, CustomStringConvertible {
  /// It can't be read.
  case unreadable(path: String)
  /// It is something else.
  case notAReport(path: String, reason: String)
  /// A folder can't be made.
  case noFolder(path: String)

  package var description: String {
    switch self {
    case .unreadable(let path):
      "\(path): can't be read. Check the path; apus-bench run --json FILE writes such files"
    case .notAReport(let path, let reason):
      "\(path): is no file of apus-bench: \(reason). Write one with: apus-bench run --json FILE"
    case .noFolder(let path):
      "\(path): the folder can't be made. Name another with --folder"
    }
  }
}

/// A folder for the files of scenarios, away from the user's.
struct ScratchFolder {
  private let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = (base + "/apus-bench-XXXXXX").utf8CString.map { $0 }
    guard mkdtemp(&template) != nil else {
      throw BenchmarkError.system(call: "mkdtemp", path: base, code: errno)
    }
    path = template.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// An empty folder in it.
  func part(_ name: String) throws(ReportFileError) -> String {
    try ReportFile.makeFolder(path + "/" + name)
    return path + "/" + name
  }

  // Files that stay in the temporary folder are no reason to fail.
  func removePart(_ name: String) { try? FileManager.default.removeItem(atPath: path + "/" + name) }
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

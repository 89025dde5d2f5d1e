import Arguments
import Glibc
import Synchronization

/// Where results, talk and errors go.
///
/// The only place that writes to the standard streams.
/// Results go to standard output and can fail; talk and errors go to standard error and can't.
/// Safe to use from any thread.
package final class Console: Sendable {
  /// Whether talk and progress are silent.
  package let isQuiet: Bool
  /// Whether results may be coloured.
  package let colorsOutput: Bool
  /// Whether a progress bar may be drawn.
  package let showsProgress: Bool
  private let colorsErrors: Bool
  private let output: Int32
  private let errors: Int32
  private let outputIsTerminal: Bool
  /// The progress line on the terminal; empty if none.
  private let status = Mutex("")

  /// A console over two open files.
  ///
  /// - Parameters:
  ///   - isQuiet: print results and errors only.
  ///   - noColor: never colour, whatever the terminal.
  ///   - output, errors: file descriptors of results and of talk.
  ///   - terminals: whether `output` and `errors` are terminals; asked of the system if `nil`.
  ///   - environment: `NO_COLOR` and `TERM` are read from it.
  package init(
    isQuiet: Bool = false, noColor: Bool = false, output: Int32 = 1, errors: Int32 = 2,
    terminals: (output: Bool, errors: Bool)? = nil,
    environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
  ) {
    self.isQuiet = isQuiet
    self.output = output
    self.errors = errors
    let terminals = terminals ?? (isatty(output) == 1, isatty(errors) == 1)
    outputIsTerminal = terminals.output
    let isDumb = environment("TERM") == "dumb"
    // no-color.org: set to anything but the empty string.
    let mayColor = !noColor && !isDumb && (environment("NO_COLOR") ?? "").isEmpty
    colorsOutput = terminals.output && mayColor
    colorsErrors = terminals.errors && mayColor
    showsProgress = terminals.errors && !isDumb && !isQuiet
  }

  /// Columns for help and tables; 80 where standard output is no terminal.
  package var outputWidth: Int { StandardStreams.columns(output) ?? 80 }

  // MARK: results

  /// Writes a result as it is to standard output.
  package func write(_ text: String) throws(ConsoleError) {
    let code = status.withLock { status in
      // On a terminal both streams share the screen: the bar makes room.
      let isShared = outputIsTerminal && !status.isEmpty
      if isShared { draw(Self.erase) }
      defer { if isShared { draw(status) } }
      return StandardStreams.write(text, to: output)
    }
    if code == EPIPE { throw .readerGone }
    if code != 0 { throw .writeFailed(path: "standard output", code: code) }
  }

  /// Writes a line of result to standard output.
  package func print(_ line: String) throws(ConsoleError) { try write(line + "\n") }

  /// Writes a table of results to standard output; on a terminal, as many of its columns as fit.
  package func print(_ table: Table) throws(ConsoleError) {
    let hidden = outputIsTerminal ? table.overflow(width: outputWidth) : []
    try write(
      table.text(isColored: colorsOutput, columns: table.columnCount - hidden.count))
    if !hidden.isEmpty {
      talk("too wide for this terminal: \(hidden.joined(separator: ", ")); to see all: … | less -S")
    }
  }

  // MARK: talk

  /// Tells the user something that is no result; silent when quiet.
  package func talk(_ line: String) {
    if !isQuiet { say(line) }
  }

  /// Tells of something that may be wrong; silent when quiet.
  package func warn(_ message: String) {
    if !isQuiet { say(label("warning", color: "33") + message) }
  }

  /// Tells what failed, even when quiet.
  package func fail(_ message: String) { say(label("error", color: "31") + message) }

  /// A bar for work of `total` units, shown on a terminal only.
  package func progress(_ label: String, total: Int, unit: String) -> ProgressReporter {
    ProgressReporter(console: self, label: label, total: total, unit: unit)
  }

  /// Puts a line in place of the last progress line; an empty one takes the bar away.
  func setStatus(_ line: String) {
    guard showsProgress else { return }
    status.withLock { status in
      if status != line { draw(Self.erase + line) }
      status = line
    }
  }

  /// Columns that a progress line may fill.
  var statusWidth: Int { (StandardStreams.columns(errors) ?? 80) - 1 }

  private static let erase = "\r\u{1b}[2K"

  private func say(_ text: String) {
    status.withLock { status in
      draw(status.isEmpty ? text + "\n" : Self.erase + text + "\n" + status)
    }
  }

  /// Nobody is left to tell when standard error fails.
  private func draw(_ text: String) { _ = StandardStreams.write(text, to: errors) }

  private func label(_ word: String, color: String) -> String {
    colorsErrors ? "\u{1b}[1;\(color)m\(word):\u{1b}[0m " : "\(word): "
  }
}

/// A result that can't be delivered.
package enum ConsoleError: Error, Equatable, CustomStringConvertible {
  /// Whoever read standard output has closed it, as `head` does.
  case readerGone
  /// The system refused to write; `code` is its error number.
  case writeFailed(path: String, code: Int32)
  /// The output is there already and `--force` was not given.
  case outputExists(path: String)

  /// What happened, where, and what to do next.
  package var description: String {
    switch self {
    case .readerGone:
      "standard output was closed by its reader.\n  results can be kept with -o FILE"
    case .writeFailed(let path, let code):
      "\(path): can't be written: \(String(cString: strerror(code))).\n  \(Self.next(code))"
    case .outputExists(let path):
      "--output: \(path) exists.\n  replace it with --force, or name another file"
    }
  }

  private static func next(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: "free some space, or write elsewhere with -o PATH"
    case EACCES, EPERM, EROFS: "check the folder's permissions, or write elsewhere with -o PATH"
    case EISDIR: "name a file in that folder"
    default: "write elsewhere with -o PATH"
    }
  }
}

import Advice
import Allocation
import Arguments
import Books
import Interchange
import Jobs
import Market
import Storage

/// What the process tells its caller; fixed, since scripts hold on to it.
package enum ExitStatus: Int32, Sendable {
  /// All was done.
  case done = 0
  /// Done, but some lanes failed; the results are written.
  case someLanesFailed = 1
  /// Done, and an audit found something that should not be.
  package static let findings = someLanesFailed
  /// A bad flag or spec; nothing was begun.
  case usage = 2
  /// A file or store that can't be read or written.
  case data = 3
  /// Stopped by a signal; what was finished is kept.
  case interrupted = 130

  /// The status that an error ends the process with.
  ///
  /// Whatever isn't named here comes from a file, a store or the system.
  package static func of(_ error: any Error) -> ExitStatus {
    switch error {
    case is ArgumentsError: .usage
    case let file as SpecFileError: file.isUnreadable ? .data : .usage
    case ReplayError.noLane: .usage
    case is ResumeError: .usage
    case ImportError.badOption: .usage
    // Other flags are needed; the book and the store are sound.
    case is BookMetricsError, BooksError.beforePrices, BooksError.noCloses: .usage
    case BookJobError.storeUnknown, BookJobError.panelUnclear, BookJobError.tableUnknown,
      BookJobError.notGenerated:
      .usage
    case AllocationError.setting: .usage
    case AdviceError.trade, AdviceError.setting: .usage
    // Another name or --force is all that is needed.
    case StorageError.fileExists, StorageError.panelExists: .usage
    case StorageError.panelMissing: .usage
    // The files and the store are sound; another flag or panel is needed.
    case StorageError.panelContradicts: .usage
    case is ResampleError, is GapsError, is MarketError: .usage
    case is Interrupted, is RunInterrupted: .interrupted
    case ConsoleError.readerGone: .done
    case ConsoleError.outputExists: .usage
    default: .data
    }
  }
}

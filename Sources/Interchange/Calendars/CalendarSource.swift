import Kernels
import Market

/// Finds calendars by what a user calls them.
public enum CalendarSource {
  /// A calendar by name or alias (`us_equity`, `XNYS`, `24/7`), or from a file of the user's own.
  ///
  /// What ends in `.calendar` is the path of a file, and what ends in `.csv`, `.txt` or `.gz` that of a list of trading days.
  ///
  /// - Throws: `ImportError.badOption` for `--calendar` if there is no such calendar, the file breaks the format or its
  ///   zone is not known; `unreadable` for a file.
  public static func calendar(_ word: String) throws(ImportError) -> Calendar {
    if [".csv", ".txt", ".gz"].contains(where: word.hasSuffix) {
      return try TradingDays.calendar(word)
    }
    if !word.hasSuffix(".calendar") {
      if let calendar = Calendar(named: word) { return calendar }
      let near = nearestName(
        to: word.lowercased(), among: Calendar.knownNames.map { $0.lowercased() })
      throw refusal(
        word,
        "is not known." + didYouMean(near)
          + " There are \(Calendar.knownNames.joined(separator: ", ")), files that end in .calendar, "
          + "and lists of trading days that end in .csv, .txt or .gz"
      )
    }
    let text = try read(word)
    do throws(MarketError) {
      let calendar = try Calendar(parsing: text)
      if ZoneRules.named(calendar.timeZone) == nil {
        throw .invalidCalendar(
          line: 0,
          reason: "this system knows no zone '\(calendar.timeZone)'."
            + didYouMean(nearestName(to: calendar.timeZone, among: ZoneRules.knownNames)))
      }
      return calendar
    } catch {
      throw refusal(word, "is no calendar: \(error)")
    }
  }

  private static func refusal(_ word: String, _ reason: String) -> ImportError {
    .badOption(option: "--calendar", value: word, reason: reason)
  }

  // A century of holidays is 10 KiB.
  private static let sizeLimit = 1 << 20

  private static func read(_ path: String) throws(ImportError) -> String {
    let source = try FileSource(path)
    var bytes = [UInt8](repeating: 0, count: sizeLimit + 1)
    var count = 0
    while count < bytes.count {
      var got = 0
      do {
        got = try bytes.withUnsafeMutableBytes {
          try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
        }
      } catch let error as ImportError {
        throw error
      } catch {
        throw .unreadable(path: path, reason: "\(error)")
      }
      if got == 0 { break }
      count += got
    }
    guard count <= sizeLimit else { throw refusal(path, "is longer than 1 MiB") }
    guard let text = String(validating: bytes[..<count], as: UTF8.self), !text.utf8.contains(0)
    else { throw refusal(path, "is not text in UTF-8") }
    return text
  }
}

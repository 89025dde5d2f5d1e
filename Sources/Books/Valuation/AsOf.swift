import Kernels
import Market

/// What `--at` means: an instant that entries and bars must come before.
public enum AsOf {
  /// The first instant that no longer counts.
  ///
  /// A date means the end of that day: the next 00:00 UTC. An instant counts itself.
  ///
  /// - Parameter text: `YYYY-MM-DD`, or with a time as `Timestamp` reads it.
  /// - Returns: nil if the text is neither, or beyond what nanoseconds can tell.
  public static func parse(_ text: String) -> Int64? {
    guard let instant = try? Timestamp.nanoseconds(parsing: text) else { return nil }
    let (end, isBeyond) = instant.addingReportingOverflow(
      text.utf8.count == 10 ? Calendar.dayNs : 1)
    return isBeyond ? nil : end
  }

  /// The instant as `parse` reads it: the date if it is the end of one, else the last instant that counts.
  public static func text(_ end: Int64) -> String {
    let (_, rest) = Timestamp.split(end)
    if rest == 0, end >= Int64.min + Calendar.dayNs {
      return Timestamp.text(nanoseconds: end - Calendar.dayNs)
    }
    return Timestamp.text(nanoseconds: end - 1, shortAtMidnight: false)
  }
}

import Synchronization

/// A progress bar with rate and time left, on a terminal's last line.
///
/// Workers may report as often as they like and from any thread: a report is two atomic
/// operations, and ten times a second one of them draws. Draws nothing when quiet or off a terminal.
package final class ProgressReporter: Sendable {
  private let console: Console
  private let label: String
  private let total: Int
  private let unit: String
  private let start = ContinuousClock.now
  private let most = Atomic<Int>(0)
  /// When the next drawing is due, in nanoseconds after `start`.
  private let due = Atomic<Int64>(0)

  private static let interval: Int64 = 100_000_000

  init(console: Console, label: String, total: Int, unit: String) {
    self.console = console
    self.label = label
    self.total = max(total, 1)
    self.unit = unit
  }

  /// Says how many units are done in all; reports may arrive out of order.
  package func report(done: Int) {
    guard console.showsProgress else { return }
    drawIfDue(most.max(done, ordering: .relaxed).newValue)
  }

  /// Says how many more units are done.
  package func advance(by units: Int) {
    guard console.showsProgress else { return }
    drawIfDue(most.wrappingAdd(units, ordering: .relaxed).newValue)
  }

  private func drawIfDue(_ done: Int) {
    let now = nanoseconds
    let due = due.load(ordering: .relaxed)
    // Of several workers that find the bar due, one draws.
    guard now >= due,
      self.due.compareExchange(
        expected: due, desired: now + Self.interval, ordering: .relaxed
      ).exchanged
    else { return }
    console.setStatus(
      Self.line(
        label: label, done: done, total: total, unit: unit, seconds: Double(now) * 1e-9,
        width: console.statusWidth))
  }

  /// Takes the bar away.
  package func finish() { console.setStatus("") }

  private var nanoseconds: Int64 {
    let (seconds, attoseconds) = start.duration(to: .now).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The bar as text, no longer than `width` columns.
  package static func line(
    label: String, done: Int, total: Int, unit: String, seconds: Double, width: Int
  ) -> String {
    let part = min(max(Double(done) / Double(total), 0), 1)
    var tail = " \(NumberText.padded(Int(part * 100), to: 3)) %"
    // A rate from a moment's work says nothing yet.
    if done > 0, seconds >= 0.5 {
      let rate = Double(done) / seconds
      tail += "  \(NumberText.short(rate)) \(unit)/s"
      tail += "  \(NumberText.duration(Double(max(total - done, 0)) / rate)) left"
    }
    let barWidth = min(width - label.count - tail.count - 3, 40)
    guard barWidth >= 5 else { return String((label + tail).prefix(max(width, 0))) }
    let filled = Int(part * Double(barWidth))
    let bar =
      String(repeating: "=", count: filled) + String(repeating: " ", count: barWidth - filled)
    return "\(label) [\(bar)]\(tail)"
  }
}

/// A table of text and numbers in columns; numbers are right-aligned.
package struct Table: Sendable {
  /// A column: its title and, for numbers, how they are shown.
  package struct Column: Sendable {
    let title: String
    let format: NumberFormat?

    /// A column of text.
    package static func text(_ title: String) -> Column { Column(title: title, format: nil) }
    /// A column of numbers.
    package static func number(_ title: String, _ format: NumberFormat) -> Column {
      Column(title: title, format: format)
    }
  }

  /// What stands in a row and column.
  package enum Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral {
    /// A text.
    case text(String)
    /// A number, shown as its column says.
    case number(Double)

    /// A text.
    package init(stringLiteral value: String) { self = .text(value) }
    /// A number.
    package init(floatLiteral value: Double) { self = .number(value) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  /// An empty table.
  package init(_ columns: [Column]) { self.columns = columns }

  /// Number of columns.
  var columnCount: Int { columns.count }

  /// Adds a row.
  ///
  /// - Precondition: as many cells as columns.
  package mutating func add(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a cell for each column")
    rows.append(
      zip(cells, columns).map { cell, column in
        switch cell {
        case .text(let text): text
        case .number(let value): NumberText.text(value, column.format ?? .plain)
        }
      })
  }

  /// Titles of the columns that don't fit in a width, and so are better left out than broken over lines.
  ///
  /// The first column always fits.
  package func overflow(width: Int) -> [String] {
    var end = -2
    let count = widths.prefix {
      end += $0 + 2
      return end <= width
    }.count
    return columns.dropFirst(max(1, count)).map(\.title)
  }

  private var widths: [Int] {
    columns.indices.map { index in
      max(columns[index].title.count, rows.map { $0[index].count }.max() ?? 0)
    }
  }

  /// The table as lines, two spaces between columns and none at the end of a line.
  ///
  /// - Parameters:
  ///   - isColored: make the titles bold.
  ///   - count: columns to show, from the left; all unless given.
  package func text(isColored: Bool = false, columns count: Int? = nil) -> String {
    let columns = columns.prefix(count ?? columns.count)
    let titles = columns.map(\.title)
    let widths = widths
    func line(_ cells: [String]) -> String {
      let padded = columns.indices.map { index in
        let space = String(repeating: " ", count: widths[index] - cells[index].count)
        return columns[index].format == nil ? cells[index] + space : space + cells[index]
      }
      let joined = padded.joined(separator: "  ")
      return String(joined.prefix(joined.count - joined.reversed().prefix { $0 == " " }.count))
    }
    let head = isColored ? "\u{1b}[1m\(line(titles))\u{1b}[0m" : line(titles)
    return ([head] + rows.map(line)).joined(separator: "\n") + "\n"
  }
}

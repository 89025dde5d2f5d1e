extension ResultGroup {
  /// A column of texts: as they are, or each distinct one once and the places of the rows in that list.
  ///
  /// Millions of rows of few texts take four bytes a row. Columns are equal if their rows are.
  public struct Texts: Sendable {
    /// The texts that rows refer to.
    let distinct: [String]
    /// Position in `distinct` by row, −1 for an empty text; nil where row and position are the same.
    let places: [Int32]?

    /// Texts, each by itself.
    public init(_ texts: [String]) {
      distinct = texts
      places = nil
    }

    /// Texts by their places in a list.
    ///
    /// - Parameters:
    ///   - distinct: the list.
    ///   - places: by row: `[rows]`; −1 for an empty text.
    public init(_ distinct: [String], places: [Int32]) {
      self.distinct = distinct
      self.places = places
    }
  }

  /// Texts that are added row by row, of which many are alike.
  public struct TextBuilder: Sendable {
    private var distinct: [String] = []
    private var known: [String: Int32] = [:]
    private var places: [Int32] = []

    /// No rows yet.
    public init() {}

    /// The column.
    public var texts: Texts { Texts(distinct, places: places) }

    /// Adds a row.
    public mutating func append(_ text: String) {
      places.append(place(text))
    }

    private mutating func place(_ text: String) -> Int32 {
      if text.isEmpty { return -1 }
      if let place = known[text] { return place }
      let place = Int32(distinct.count)
      distinct.append(text)
      known[text] = place
      return place
    }
  }
}

extension ResultGroup.Texts: RandomAccessCollection {
  /// Always 0.
  public var startIndex: Int { 0 }
  /// Number of rows.
  public var endIndex: Int { places?.count ?? distinct.count }
  /// Text of a row.
  public subscript(row: Int) -> String {
    guard let places else { return distinct[row] }
    return places[row] < 0 ? "" : distinct[Int(places[row])]
  }
}

extension ResultGroup.Texts: Equatable {
  /// Whether all rows are equal.
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

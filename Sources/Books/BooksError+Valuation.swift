extension BooksError {
  static func beforePrices(_ panel: String, _ asOf: Int64, _ first: Int64) -> String {
    "no bar of the panel \(panel) has ended by \(AsOf.text(asOf)), so it marks no holdings. "
      + (first == .min ? "It has no bars." : "Ask for \(AsOf.text(first)) or later.")
  }
}

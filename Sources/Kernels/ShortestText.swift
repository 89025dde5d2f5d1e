extension Double {
  /// The shortest text that reads back as the same number; a whole number has no point.
  public var shortestText: String {
    // A whole number would lose the sign of a zero.
    let isNegativeZero = self == 0 && sign == .minus
    return self == rounded() && magnitude < 1e15 && !isNegativeZero ? "\(Int64(self))" : "\(self)"
  }
}

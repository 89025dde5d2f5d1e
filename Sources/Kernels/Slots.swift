/// Places for results of workers, each written by one of them.
package final class Slots<Value: Sendable>: @unchecked Sendable {
  // Safe as every place is written once, by the worker whose tile it is, and read after all of them have ended.
  private let places: UnsafeMutablePointer<Value?>
  private let count: Int

  package init(count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    places.initialize(repeating: nil, count: count)
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  package func set(_ place: Int, _ value: Value) {
    precondition((0..<count).contains(place), "place \(place) of \(count)")
    places[place] = value
  }

  /// All values; each place was set.
  package var values: [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for place in 0..<count { if let value = places[place] { values.append(value) } }
    return values
  }
}

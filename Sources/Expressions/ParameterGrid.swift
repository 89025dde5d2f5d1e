/// The parameter sets of a run: points of a grid of axes, in order, the last axis fastest.
///
/// O(runs) memory: a grid of all combinations holds none of them, and one that leaves some out holds where each run of
/// neighbours begins.
public struct ParameterGrid: Sendable, Equatable {
  /// One parameter and the values it takes.
  public struct Axis: Sendable, Equatable {
    /// Name in expressions.
    public var name: String
    /// Values, in order.
    public var values: [Double]

    /// An axis.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// The axes; the last varies fastest.
  public let axes: [Axis]
  /// Position on the full grid of each parameter set, ascending.
  public let points: Points
  private let strides: [Int]

  /// A grid of all combinations, or of those for which `keep` holds.
  ///
  /// - Parameters:
  ///   - axes: the parameters.
  ///   - keep: takes the values of one combination in the order of the axes; nil keeps all.
  public init(axes: [Axis], keep: (([Double]) -> Bool)? = nil) {
    self.axes = axes
    strides = axes.indices.map { axis in axes[(axis + 1)...].reduce(1) { $0 * $1.values.count } }
    let size = axes.reduce(1) { $0 * $1.values.count }
    guard let keep else {
      points = Points(all: size)
      return
    }
    var points = Points(all: 0)
    var values = axes.map { $0.values.first ?? .nan }
    var places = [Int](repeating: 0, count: axes.count)
    for point in 0..<size {
      if keep(values) { points.append(point) }
      // To the next combination, as a counter turns.
      for axis in axes.indices.reversed() {
        places[axis] += 1
        let isTurned = places[axis] == axes[axis].values.count
        if isTurned { places[axis] = 0 }
        values[axis] = axes[axis].values[places[axis]]
        if !isTurned { break }
      }
    }
    self.points = points
  }

  /// Number of combinations before any is left out; nil when it exceeds the range of `Int`.
  public static func size(of axes: [Axis]) -> Int? {
    var size = 1
    for axis in axes {
      let (product, overflow) = size.multipliedReportingOverflow(by: axis.values.count)
      if overflow { return nil }
      size = product
    }
    return size
  }

  /// Number of parameter sets.
  public var count: Int { points.count }

  /// Position on an axis of a point of the full grid.
  public func index(axis: Int, point: Int) -> Int {
    point / strides[axis] % axes[axis].values.count
  }

  /// Parameter values of a point of the full grid, in the order of the axes.
  public func values(point: Int) -> [Double] {
    axes.indices.map { axes[$0].values[index(axis: $0, point: point)] }
  }

  /// Parameter values of a set.
  public func values(set: Int) -> [Double] { values(point: points[set]) }

  /// `fast = 5, slow = 20`.
  public func describe(point: Int) -> String {
    zip(axes, values(point: point)).map { "\($0.name) = \($1.formatted)" }.joined(separator: ", ")
  }

  /// What a node sees of a point: its position on the axes it depends on, as one number.
  package func projection(_ point: Int, onto dependencies: [Int]) -> Int {
    var key = 0
    for axis in dependencies {
      key = key * axes[axis].values.count + index(axis: axis, point: point)
    }
    return key
  }

  /// One grid point for each combination of values on some axes that occurs among the sets.
  package func representatives(of dependencies: [Int]) -> [Int] {
    guard !dependencies.isEmpty else { return points.first.map { [$0] } ?? [] }
    if count > 0, count == Self.size(of: axes) {
      // The other axes stand at their first value.
      return dependencies.sorted().reduce([0]) { found, axis in
        found.flatMap { point in
          axes[axis].values.indices.map { point + $0 * strides[axis] }
        }
      }
    }
    var seen: Set<Int> = []
    return points.filter { seen.insert(projection($0, onto: dependencies)).inserted }
  }
}

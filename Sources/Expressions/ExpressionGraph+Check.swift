import Indicators

extension ExpressionGraph {
  /// Makes every function under a node once with each set of arguments that it will see, so that a mistake shows
  /// before work starts.
  public func checkArguments(of root: Int, grid: ParameterGrid) throws(ExpressionError) {
    var isReached = [Bool](repeating: false, count: root + 1)
    isReached[root] = true
    for node in stride(from: root, through: 0, by: -1) where isReached[node] {
      for input in nodes[node].inputs { isReached[input] = true }
      for check in checks[node] ?? [] { try hold(check, of: node, grid) }
      switch nodes[node] {
      case .indicator, .every:
        for point in grid.representatives(of: dependencies[node]) {
          _ = try prototype(node, grid: grid, point: point)
        }
      default: break
      }
    }
  }

  private func hold(_ check: Check, of node: Int, _ grid: ParameterGrid) throws(ExpressionError) {
    let axes = check.value.parameters.sorted()
    for point in grid.representatives(of: axes) {
      let value = check.value.value(grid.values(point: point))
      guard FunctionCatalog.count.accepts(value) else {
        throw .argumentRange(
          function: check.function, argument: check.argument, value: value,
          expected: FunctionCatalog.countExpectation, parameters: describe(axes, grid, point))
      }
    }
  }

  /// The indicator of a node at a grid point; nil for a node that is none.
  func prototype(_ node: Int, grid: ParameterGrid, point: Int) throws(ExpressionError)
    -> (any Indicator)?
  {
    let parameters = grid.values(point: point)
    switch nodes[node] {
    case .indicator(let name, _, let arguments):
      guard let type = IndicatorCatalog.named(name) else {
        preconditionFailure("indicator '\(name)' is not in the catalogue")
      }
      do throws(IndicatorError) {
        return try type.init(arguments: arguments.map { $0.value(parameters) })
      } catch {
        switch error {
        case .argument(let indicator, let argument, let value, let expected):
          throw .argumentRange(
            function: indicator, argument: argument, value: value, expected: expected,
            parameters: describe(dependencies[node], grid, point))
        case .argumentCount:
          preconditionFailure("\(name) was checked to have \(arguments.count) arguments")
        }
      }
    case .every(let n):
      let value = n.value(parameters)
      let argument = FunctionCatalog.every
      guard argument.accepts(value) else {
        throw .argumentRange(
          function: "every", argument: argument.name, value: value,
          expected: argument.expectation, parameters: describe(dependencies[node], grid, point))
      }
      return nil
    default: return nil
    }
  }

  private func describe(_ axes: [Int], _ grid: ParameterGrid, _ point: Int) -> String {
    axes.map { axis in
      let value = grid.axes[axis].values[grid.index(axis: axis, point: point)]
      return "\(grid.axes[axis].name) = \(value.formatted)"
    }.joined(separator: ", ")
  }
}

/// Numbers of a result that are not one a lane: a matrix, a table by model and level, a curve.
///
/// One value is written to HDF5, put into the summary and shown on the terminal. In the file it is a netCDF-4 group whose
/// dimensions have scales: `xarray.open_dataset("run.h5", group="covariance")` is labelled.
public struct ResultGroup: Sendable, Equatable {
  /// What the places along a dimension are.
  public enum Labels: Sendable, Equatable {
    /// Names, such as symbols.
    case texts([String])
    /// Whole numbers.
    case integers([Int64])
    /// Instants, nanoseconds UTC.
    case times([Int64])
    /// Numbers, such as confidence levels.
    case numbers([Double])

    /// How many there are.
    public var count: Int {
      switch self {
      case .texts(let labels): labels.count
      case .integers(let labels), .times(let labels): labels.count
      case .numbers(let labels): labels.count
      }
    }
  }

  /// A named dimension.
  public struct Dimension: Sendable, Equatable {
    /// Its name, also that of its scale.
    public var name: String
    /// What its places are.
    public var labels: Labels

    /// A dimension.
    public init(_ name: String, _ labels: Labels) {
      self.name = name
      self.labels = labels
    }
  }

  /// What a variable holds.
  public enum Values: Sendable, Equatable {
    /// Numbers; NaN where there is none.
    case doubles([Double])
    /// Whole numbers.
    case integers([Int64])
    /// Texts.
    case texts(Texts)
    /// Instants, nanoseconds UTC.
    case times([Int64])

    /// Texts, each by itself.
    public static func texts(_ texts: [String]) -> Values { .texts(Texts(texts)) }

    /// How many there are.
    public var count: Int {
      switch self {
      case .doubles(let values): values.count
      case .integers(let values), .times(let values): values.count
      case .texts(let values): values.count
      }
    }

    /// What the places along a dimension are, as values.
    public init(_ labels: Labels) {
      self =
        switch labels {
        case .texts(let labels): .texts(labels)
        case .integers(let labels): .integers(labels)
        case .times(let labels): .times(labels)
        case .numbers(let labels): .doubles(labels)
        }
    }
  }

  /// A named array along some of the dimensions.
  public struct Variable: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Names of its dimensions, the slowest first.
    public var dimensions: [String]
    /// Its values, row by row.
    public var values: Values
    /// What is said of it: unit, definition.
    public var attributes: [ResultTable.Attribute]
    /// Whether tables for people leave it out.
    public var isInFile = false

    /// A variable.
    public init(
      _ name: String, _ dimensions: [String], _ values: Values,
      attributes: [ResultTable.Attribute] = []
    ) {
      self.name = name
      self.dimensions = dimensions
      self.values = values
      self.attributes = attributes
    }

    /// The same, left to the file: a terminal only names it.
    public var inFile: Self {
      var variable = self
      variable.isInFile = true
      return variable
    }

    /// A variable of numbers with a unit and a definition.
    public init(
      _ name: String, _ dimensions: [String], _ values: [Double], unit: String = "",
      definition: String = ""
    ) {
      self.init(
        name, dimensions, .doubles(values),
        attributes: [("unit", unit), ("definition", definition)].filter { !$0.1.isEmpty }
          .map { ResultTable.Attribute($0.0, $0.1) })
    }
  }

  /// Name of the group in the file.
  public var name: String
  /// What it shows, in a few words.
  public var title: String
  /// Its dimensions.
  public var dimensions: [Dimension]
  /// Its arrays.
  public var variables: [Variable]
  /// What is said of all of it: method, window, warnings.
  public var attributes: [ResultTable.Attribute]

  /// A group.
  public init(
    _ name: String, title: String, dimensions: [Dimension], variables: [Variable],
    attributes: [ResultTable.Attribute] = []
  ) {
    self.name = name
    self.title = title
    self.dimensions = dimensions
    self.variables = variables
    self.attributes = attributes
  }

  /// Places along a dimension, by its name.
  public func labels(of dimension: String) -> Labels? {
    dimensions.first { $0.name == dimension }?.labels
  }

  /// Throws unless names are names, dimensions are known and lengths fit.
  func check() throws(StorageError) {
    func refuse(_ part: String, _ reason: String) -> StorageError {
      .invalidContent(part: "\(name)/\(part)", reason: reason)
    }
    guard PanelInfo.isName(name), !ResultStore.reserved.contains(name) else {
      throw .invalidContent(part: "'\(name)'", reason: "it is no name for a group, or taken")
    }
    var seen: Set<String> = []
    for named in dimensions.map(\.name) + variables.map(\.name) {
      guard PanelInfo.isName(named), seen.insert(named).inserted else {
        throw refuse("'\(named)'", "it is no name for a variable, or taken")
      }
    }
    for variable in variables {
      var size = 1
      for dimension in variable.dimensions {
        guard let labels = labels(of: dimension) else {
          throw refuse("'\(variable.name)'", "there is no dimension '\(dimension)'")
        }
        size *= labels.count
      }
      guard variable.values.count == size else {
        throw refuse("'\(variable.name)'", "it has \(variable.values.count) values for \(size)")
      }
    }
  }
}

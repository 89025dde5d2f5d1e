import HDF5

extension ResultStore {
  private static let timeUnits = "nanoseconds since 1970-01-01"

  static func write(_ groups: [ResultGroup], in root: borrowing Group) throws(HDF5Error) {
    for group in groups { try write(group, in: try root.createGroup(group.name)) }
  }

  private static func write(_ content: ResultGroup, in group: borrowing Group) throws(HDF5Error) {
    try group.setAttribute("title", content.title)
    try group.setAttribute("role", "group")
    try group.setAttribute("dims", content.dimensions.map(\.name).joined(separator: " "))
    for attribute in content.attributes {
      try group.setAttribute(attribute.name, attribute.value)
    }
    for dimension in content.dimensions {
      let scale: Dataset
      switch dimension.labels {
      case .texts(let labels): scale = try group.write(dimension.name, labels)
      case .integers(let labels): scale = try group.write(dimension.name, labels)
      case .numbers(let labels): scale = try group.write(dimension.name, labels)
      case .times(let labels):
        scale = try group.write(dimension.name, labels)
        try scale.setAttribute("units", timeUnits)
      }
      try scale.makeScale(dimension.name)
    }
    for variable in content.variables { try write(variable, of: content, in: group) }
  }

  private static func write(
    _ variable: ResultGroup.Variable, of content: ResultGroup, in group: borrowing Group
  ) throws(HDF5Error) {
    let shape = variable.dimensions.map { content.labels(of: $0)?.count ?? 0 }
    let dataset: Dataset
    switch variable.values {
    case .doubles(let values):
      dataset = try group.createDataset(variable.name, of: Double.self, shape: shape)
      try dataset.write(values)
    case .integers(let values):
      dataset = try group.createDataset(variable.name, of: Int64.self, shape: shape)
      try dataset.write(values)
    case .times(let values):
      dataset = try group.createDataset(variable.name, of: Int64.self, shape: shape)
      try dataset.write(values)
      try dataset.setAttribute("units", timeUnits)
    case .texts(let texts):
      dataset = try group.createTextDataset(variable.name, shape: shape)
      try write(texts, to: dataset)
    }
    try dataset.setAttribute("dims", variable.dimensions.joined(separator: " "))
    for attribute in variable.attributes {
      try dataset.setAttribute(attribute.name, attribute.value)
    }
    for (position, dimension) in variable.dimensions.enumerated() {
      let scale = try group.dataset(dimension)
      try dataset.attach(scale, dimension: position)
    }
  }

  private static func write(_ texts: ResultGroup.Texts, to dataset: borrowing Dataset)
    throws(HDF5Error)
  {
    guard let places = texts.places, dataset.shape.count == 1 else {
      return try dataset.write(Array(texts))
    }
    // A text that rows share is stored once: of millions of rows it takes a third of the file, and of the time.
    var shared = SharedTexts(texts.distinct)
    let batch = 1 << 16
    for start in stride(from: 0, to: places.count, by: batch) {
      let part = places[start..<min(places.count, start + batch)]
      try dataset.write(Array(part), of: &shared, at: start)
    }
  }

  /// What is said of a group of a result; nil where it has no such group, or nothing of that name is said of it.
  ///
  /// - Throws: what `read` throws.
  public static func attribute(_ name: String, ofGroup group: String, in path: String)
    throws(StorageError) -> String?
  {
    let file = try open(path)
    return try reading(path) { () throws(HDF5Error) in
      let root = try file.root()
      guard root.kind(of: group) == .group else { return nil }
      let found = try root.group(group)
      return found.hasAttribute(name) ? try found.textAttribute(name) : nil
    }
  }

  /// Names and titles of the groups of a result.
  static func groupTitles(_ root: borrowing Group, _ part: PartReader) throws(StorageError)
    -> [(name: String, title: String)]
  {
    try reading(part.path) { () throws(HDF5Error) in
      var titles: [(name: String, title: String)] = []
      for name in try root.names() where root.kind(of: name) == .group {
        let group = try root.group(name)
        guard group.hasAttribute("role"), try group.textAttribute("role") == "group" else {
          continue
        }
        titles.append((name, try group.text("title", or: "")))
      }
      return titles
    }
  }
}

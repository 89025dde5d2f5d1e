import Interchange
import Market
import Storage

/// As `xarray.Dataset.from_dict` reads it: `attrs`, `dims`, `coords` and `data_vars`, with lists in lists for arrays.
///
/// Times are texts, or null for none. Arrays of more than `largestArray` values are left to the HDF5 file; they have `data` null.
extension ResultGroup: Encodable {
  /// Most values of an array in JSON.
  static let largestArray = 20_000

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the group.
  public func encode(to encoder: any Encoder) throws {
    var root = encoder.container(keyedBy: Key.self)
    var about = root.nestedContainer(keyedBy: Key.self, forKey: Key("attrs"))
    try about.encode(title, forKey: Key("title"))
    for attribute in attributes { try about.encode(attribute.value, forKey: Key(attribute.name)) }
    var sizes = root.nestedContainer(keyedBy: Key.self, forKey: Key("dims"))
    var coordinates = root.nestedContainer(keyedBy: Key.self, forKey: Key("coords"))
    for dimension in dimensions {
      try sizes.encode(dimension.labels.count, forKey: Key(dimension.name))
      var place = coordinates.nestedContainer(keyedBy: Key.self, forKey: Key(dimension.name))
      try place.encode([dimension.name], forKey: Key("dims"))
      try place.encode([String: String](), forKey: Key("attrs"))
      try place.encode(
        NestedList(Values(dimension.labels), [dimension.labels.count]), forKey: Key("data"))
    }
    var arrays = root.nestedContainer(keyedBy: Key.self, forKey: Key("data_vars"))
    for variable in variables {
      var array = arrays.nestedContainer(keyedBy: Key.self, forKey: Key(variable.name))
      try array.encode(variable.dimensions, forKey: Key("dims"))
      try array.encode(
        Dictionary(
          variable.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
        forKey: Key("attrs"))
      let shape = variable.dimensions.map { labels(of: $0)?.count ?? 0 }
      if variable.values.count > Self.largestArray {
        try array.encodeNil(forKey: Key("data"))
      } else {
        try array.encode(NestedList(variable.values, shape), forKey: Key("data"))
      }
    }
  }
}

/// An array as lists in lists; what is not finite is null.
private struct NestedList: Encodable {
  let values: ResultGroup.Values
  let shape: [Int]

  init(_ values: ResultGroup.Values, _ shape: [Int]) {
    self.values = values
    self.shape = shape
  }

  func encode(to encoder: any Encoder) throws {
    guard !shape.isEmpty else {
      var single = encoder.singleValueContainer()
      switch values {
      case .doubles(let list) where list[0].isFinite: try single.encode(list[0])
      case .doubles: try single.encodeNil()
      case .integers(let list): try single.encode(list[0])
      case .times(let list) where list[0] == .min: try single.encodeNil()
      case .times(let list): try single.encode(Timestamp.text(nanoseconds: list[0]))
      case .texts(let list): try single.encode(list[0])
      }
      return
    }
    if shape.count == 1, values.count > Self.mostShort, LongList.isTaken(by: encoder) {
      return try long.encode(to: encoder)
    }
    var list = encoder.unkeyedContainer()
    try encode(into: &list, depth: 0, start: 0)
  }

  /// Most elements that are left to Foundation.
  private static let mostShort = 1000

  /// The same of one dimension, element by element.
  private var long: LongList {
    LongList(count: values.count) { [values] place, bytes in
      switch values {
      case .doubles(let numbers): bytes.append(contentsOf: JSONText.foundation(numbers[place]).utf8)
      case .integers(let numbers): bytes.append(contentsOf: "\(numbers[place])".utf8)
      case .times(let numbers) where numbers[place] == .min:
        bytes.append(contentsOf: "null".utf8)
      case .times(let numbers):
        bytes.append(contentsOf: "\"\(Timestamp.text(nanoseconds: numbers[place]))\"".utf8)
      case .texts(let texts): bytes.append(contentsOf: JSONText.foundation(texts[place]).utf8)
      }
    }
  }

  private func encode(into list: inout any UnkeyedEncodingContainer, depth: Int, start: Int) throws
  {
    let step = shape[(depth + 1)...].reduce(1, *)
    for index in 0..<shape[depth] {
      let place = start + index * step
      if depth + 1 < shape.count {
        var inner = list.nestedUnkeyedContainer()
        try encode(into: &inner, depth: depth + 1, start: place)
        continue
      }
      switch values {
      case .doubles(let numbers) where numbers[place].isFinite: try list.encode(numbers[place])
      case .doubles: try list.encodeNil()
      case .integers(let numbers): try list.encode(numbers[place])
      case .times(let numbers) where numbers[place] == .min: try list.encodeNil()
      case .times(let numbers): try list.encode(Timestamp.text(nanoseconds: numbers[place]))
      case .texts(let texts): try list.encode(texts[place])
      }
    }
  }
}

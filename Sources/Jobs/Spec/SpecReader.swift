import Kernels

/// An object of a spec, read key by key; keys that nobody asks for are errors.
struct SpecReader {
  let path: String
  let place: JSON5.Place
  private let members: [JSON5.Member]
  private var asked: [String] = []
  private var later: Set<String> = []

  init(_ json: JSON5, path: String) throws(SpecError) {
    guard case .object(let members) = json.value else {
      throw .value(
        path: path.isEmpty ? "the spec" : path, line: json.place.line, found: json.kind,
        expected: "an object { … }")
    }
    self.members = members
    self.path = path
    place = json.place
  }

  /// `path.key`, or the key itself at the top.
  func at(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// All keys, for objects whose keys the user chooses.
  var all: [JSON5.Member] { members }

  /// Keys that are given, but for those that are null.
  var keys: [String] { members.filter { $0.value.value != .null }.map(\.key) }

  mutating func optional(_ key: String) -> JSON5? {
    if !asked.contains(key) { asked.append(key) }
    guard let value = members.first(where: { $0.key == key })?.value, value.value != .null else {
      return nil
    }
    return value
  }

  mutating func object(_ key: String) throws(SpecError) -> SpecReader? {
    guard let json = optional(key) else { return nil }
    return try SpecReader(json, path: at(key))
  }

  func wrong(_ key: String, _ json: JSON5, _ expected: String) -> SpecError {
    .value(path: at(key), line: json.place.line, found: json.kind, expected: expected)
  }

  mutating func string(_ key: String, _ expected: String = "a text in quotes") throws(SpecError)
    -> String?
  {
    guard let json = optional(key) else { return nil }
    guard case .string(let text) = json.value else { throw wrong(key, json, expected) }
    return text
  }

  /// A number that satisfies a rule, which `expected` states.
  mutating func number(_ key: String, _ expected: String, where holds: (Double) -> Bool)
    throws(SpecError) -> Double?
  {
    guard let json = optional(key) else { return nil }
    guard case .number(let value) = json.value, value.isFinite, holds(value) else {
      throw wrong(key, json, expected)
    }
    return value
  }

  mutating func integer(_ key: String, _ expected: String, in range: ClosedRange<Int>)
    throws(SpecError) -> Int?
  {
    let value = try number(key, expected) {
      $0 == $0.rounded() && $0 >= Double(range.lowerBound) && $0 <= Double(range.upperBound)
    }
    return value.map { Int($0) }
  }

  mutating func bool(_ key: String) throws(SpecError) -> Bool? {
    guard let json = optional(key) else { return nil }
    guard case .bool(let value) = json.value else { throw wrong(key, json, "true or false") }
    return value
  }

  /// The elements of a list; none if the key is absent.
  mutating func list(_ key: String, _ expected: String) throws(SpecError) -> [JSON5] {
    guard let json = optional(key) else { return [] }
    guard case .array(let list) = json.value else { throw wrong(key, json, expected) }
    return list
  }

  /// One of several names.
  mutating func choice(_ key: String, _ kind: String, of names: [String]) throws(SpecError)
    -> String?
  {
    guard let json = optional(key) else { return nil }
    guard case .string(let name) = json.value else {
      throw wrong(key, json, "one of \(names.joined(separator: ", "))")
    }
    guard names.contains(name) else {
      throw .unknownName(
        path: at(key), line: json.place.line, kind: kind, name: name,
        nearest: nearestName(to: name, among: names),
        hint: "known: \(names.joined(separator: ", "))")
    }
    return name
  }

  /// A key that the format has but this version lacks; only `neutral`, which changes nothing, passes.
  mutating func notYet(
    _ key: String, _ what: String, instead: String, neutral: [JSON5.Value] = []
  ) throws(SpecError) {
    later.insert(key)
    guard let json = optional(key), !neutral.contains(json.value) else { return }
    throw .unsupported(path: at(key), line: json.place.line, what: what, instead: instead)
  }

  /// To be called after the last key was asked for.
  func finish() throws(SpecError) {
    for member in members where !asked.contains(member.key) {
      throw .unknownKey(
        path: at(member.key), line: member.value.place.line,
        nearest: nearestName(to: member.key, among: asked),
        known: asked.filter { !later.contains($0) })
    }
  }
}

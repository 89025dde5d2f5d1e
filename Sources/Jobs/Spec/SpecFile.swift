import FoundationEssentials
import Kernels

/// A spec as a user gives it: a file or standard input, some values set by hand, a store in place of its own.
public enum SpecFile {
  /// The most bytes that are read.
  static let sizeLimit = 16 << 20

  /// Reads a spec.
  ///
  /// - Parameters:
  ///   - path: the file; nil for standard input.
  ///   - settings: values by key, such as `fast` for a parameter or `execution.fill` for anything else.
  ///   - store: path of a store in place of the spec's.
  /// - Returns: the spec, and the path of its store, which a spec gives relative to its own folder.
  /// - Throws: `SpecError`.
  public static func load(
    path: String?, settings: [(key: String, value: String)] = [], store: String? = nil
  ) throws(SpecError) -> (spec: Spec, storePath: String) {
    var text = try read(path)
    if !settings.isEmpty { text = try apply(settings, to: text) }
    let spec = try Spec(text: text)
    if let store { return (spec, absolute(store)) }
    if spec.store.hasPrefix("/") { return (spec, spec.store) }
    let folder = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? ""
    return (spec, absolute(folder.isEmpty ? spec.store : folder + "/" + spec.store))
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardized.path
  }

  private static func read(_ path: String?) throws(SpecError) -> String {
    let name = path ?? "standard input"
    let data: Data
    do {
      guard let path else {
        var bytes = Data()
        while let line = readLine(strippingNewline: false), bytes.count <= sizeLimit {
          bytes.append(contentsOf: line.utf8)
        }
        data = bytes
        return try text(data, name)
      }
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      if attributes[.type] as? FileAttributeType == .typeDirectory {
        throw SpecError.unreadable(path: name, reason: "is a folder; name the spec in it")
      }
      if let size = attributes[.size] as? UInt64, size > UInt64(sizeLimit) {
        throw SpecError.unreadable(
          path: name, reason: "has \(size) bytes; a spec has at most \(sizeLimit)")
      }
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let error as SpecError {
      throw error
    } catch {
      let exists = FileManager.default.fileExists(atPath: name)
      throw .unreadable(
        path: name, reason: exists ? "can't be read: \(error)" : "does not exist. Check the path")
    }
    return try text(data, name)
  }

  private static func text(_ data: Data, _ name: String) throws(SpecError) -> String {
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .unreadable(path: name, reason: "is not UTF-8 text")
    }
    return text
  }

  // MARK: - Settings

  /// The spec with values put in; a key without a dot that is no section of the spec names a parameter.
  private static func apply(_ settings: [(key: String, value: String)], to text: String)
    throws(SpecError) -> String
  {
    var root = try parse(text)
    for setting in settings {
      let isPath = setting.key.contains(".") || ["name", "where", "seed"].contains(setting.key)
      let path =
        isPath ? setting.key.split(separator: ".").map(String.init) : ["parameters", setting.key]
      if !isPath, case .object(let members) = root.value {
        let parameters = members.first { $0.key == "parameters" }?.value
        try checkParameter(setting.key, parameters)
      }
      let value =
        (try? JSON5.parse(setting.value)) ?? JSON5(value: .string(setting.value), place: root.place)
      try put(value, at: path[...], in: &root, whole: setting.key)
    }
    return root.json(indent: 0) + "\n"
  }

  private static func parse(_ text: String) throws(SpecError) -> JSON5 {
    do throws(JSON5Error) {
      return try JSON5.parse(text)
    } catch {
      throw .syntax(
        line: error.place.line, column: error.place.column, found: error.found,
        expected: error.expected)
    }
  }

  private static func checkParameter(_ name: String, _ parameters: JSON5?) throws(SpecError) {
    var names: [String] = []
    if case .object(let members) = parameters?.value { names = members.map(\.key) }
    guard !names.contains(name) else { return }
    throw .unknownKey(
      path: "--set \(name)", line: 0, nearest: nearestName(to: name, among: names),
      known: names + ["or a path such as execution.fill"])
  }

  private static func put(
    _ value: JSON5, at path: ArraySlice<String>, in json: inout JSON5, whole: String
  ) throws(SpecError) {
    guard let key = path.first else {
      json = value
      return
    }
    guard case .object(var members) = json.value else {
      throw .value(
        path: "--set \(whole)", line: 0, found: json.kind, expected: "an object to hold '\(key)'")
    }
    let place = members.firstIndex { $0.key == key } ?? members.count
    if place == members.count {
      members.append(
        JSON5.Member(key: key, value: JSON5(value: .object([]), place: json.place)))
    }
    try put(value, at: path.dropFirst(), in: &members[place].value, whole: whole)
    json.value = .object(members)
  }
}

extension JSON5 {
  /// The value as JSON.
  func json(indent: Int) -> String {
    let space = String(repeating: "  ", count: indent + 1)
    let end = "\n" + String(repeating: "  ", count: indent)
    switch value {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .number(let number):
      return number.isNaN
        ? "NaN" : number.isFinite ? Self.text(number) : number < 0 ? "-Infinity" : "Infinity"
    case .string(let text): return Self.quoted(text)
    case .array(let list):
      return "[" + list.map { $0.json(indent: indent + 1) }.joined(separator: ", ") + "]"
    case .object(let members) where members.isEmpty: return "{}"
    case .object(let members):
      let lines = members.map {
        "\n\(space)\(Self.quoted($0.key)): \($0.value.json(indent: indent + 1))"
      }
      return "{" + lines.joined(separator: ",") + end + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

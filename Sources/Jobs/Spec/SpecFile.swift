import FoundationEssentials
import Glibc
import Interchange
import Kernels
import Strategies

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
    var json = try Spec.parse(text)
    if !settings.isEmpty {
      for setting in settings { try apply(setting.key, setting.value, to: &json) }
      text = json.json(indent: 0) + "\n"
    }
    var spec = try Spec(json, text: text)
    spec.folder = absolute(split(path ?? "").folder)
    if let store { return (spec, absolute(store)) }
    if spec.store.hasPrefix("/") { return (spec, spec.store) }
    return (spec, absolute(split(path ?? "").folder + spec.store))
  }

  /// The folder that paths in a file are relative to, with its last slash.
  static func folder(of path: String) -> String { absolute(split(path).folder) }

  /// The folder of a path, with its last slash, and the name in it.
  static func split(_ path: String) -> (folder: String, name: String) {
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
    let start = end ?? path.startIndex
    return (String(path[..<start]), String(path[start...]))
  }

  /// A path that holds wherever one stands: its folder as the system knows it, if it is there.
  static func absolute(_ path: String) -> String {
    let (folder, name) = split(path)
    if !folder.utf8.contains(0), let real = realpath(folder.isEmpty ? "." : folder, nil) {
      defer { free(real) }
      let text = String(cString: real)
      return text.hasSuffix("/") ? text + name : text + "/" + name
    }
    return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  static func read(_ path: String?) throws(SpecError) -> String {
    let name = path ?? "standard input"
    guard let path else { return try text(STDIN_FILENO, name) }
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else {
      throw .unreadable(path: name, reason: "does not exist. Check the path")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw .unreadable(path: name, reason: "is a folder; name the spec in it")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unreadable(path: name, reason: "can't be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    return try text(descriptor, name)
  }

  private static func text(_ descriptor: Int32, _ name: String) throws(SpecError) -> String {
    // One byte more than is allowed tells a file that is too long, even one without an end.
    let room = sizeLimit + 1
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      while count < room {
        let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, room - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { return }
        count += got
      }
    }
    guard failure == 0 else {
      throw .unreadable(path: name, reason: "can't be read: \(String(cString: strerror(failure)))")
    }
    guard bytes.count <= sizeLimit else {
      throw .unreadable(path: name, reason: "has more than \(sizeLimit) bytes; no spec has")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable(path: name, reason: "is not UTF-8 text")
    }
    return text
  }

  // MARK: - Settings

  private static let keys = [
    "name", "data", "strategy", "account", "execution", "parameters", "where", "metrics", "rank",
    "seed", "portfolios", "risk", "allocate", "convention", "per_bar", "tables",
  ]

  /// Puts a value in; a key without a dot names a parameter, or one of the spec's own keys.
  private static func apply(_ key: String, _ text: String, to root: inout JSON5) throws(SpecError) {
    var path = ["parameters", key]
    let parameters = parameters(of: root)
    if key.contains(".") || keys.contains(key) && !parameters.contains(key) {
      path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    } else if !parameters.contains(key) {
      throw .unknownKey(
        path: "--set \(key)", line: 0, nearest: nearestName(to: key, among: parameters + keys),
        known: parameters + ["paths such as execution.fill"])
    }
    guard !path.contains("") else {
      throw .value(
        path: "--set \(key)", line: 0, found: "an empty part of the path",
        expected: "a path such as execution.fill")
    }
    let value = (try? JSON5.parse(text)) ?? JSON5(value: .string(text), place: .nowhere)
    try put(value.placed(at: .nowhere), at: path[...], in: &root, whole: key)
  }

  /// Names of the parameters that a spec gives, or the strategy that it begins with.
  private static func parameters(of root: JSON5) -> [String] {
    var names: [String] = []
    if case .object(let members)? = root["parameters"]?.value { names = members.map(\.key) }
    if case .string(let template)? = root["strategy"]?["template"]?.value {
      let others = StrategyCatalog.named(template)?.parameters.map(\.name) ?? []
      names += others.filter { !names.contains($0) }
    }
    return names
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
        JSON5.Member(key: key, value: JSON5(value: .object([]), place: .nowhere)))
    }
    try put(value, at: path.dropFirst(), in: &members[place].value, whole: whole)
    json.value = .object(members)
  }
}

extension JSON5.Place {
  /// Where a value stands that was read from no file.
  fileprivate static let nowhere = JSON5.Place(line: 0, column: 0)
}

extension JSON5 {
  /// The value of a key; nil if this is no object, or has none.
  fileprivate subscript(key: String) -> JSON5? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The value as if it and all in it stood at a place.
  fileprivate func placed(at place: Place) -> JSON5 {
    switch value {
    case .array(let list): JSON5(value: .array(list.map { $0.placed(at: place) }), place: place)
    case .object(let members):
      JSON5(
        value: .object(members.map { Member(key: $0.key, value: $0.value.placed(at: place)) }),
        place: place)
    default: JSON5(value: value, place: place)
    }
  }

  /// The value as JSON.
  package func json(indent: Int) -> String {
    let space = String(repeating: "  ", count: indent + 1)
    let end = "\n" + String(repeating: "  ", count: indent)
    switch value {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .number(let number):
      return number.isNaN
        ? "NaN" : number.isFinite ? number.shortestText : number < 0 ? "-Infinity" : "Infinity"
    case .string(let text): return JSONText.quoted(text)
    case .array(let list):
      return "[" + list.map { $0.json(indent: indent + 1) }.joined(separator: ", ") + "]"
    case .object(let members) where members.isEmpty: return "{}"
    case .object(let members):
      let lines = members.map {
        "\n\(space)\(JSONText.quoted($0.key)): \($0.value.json(indent: indent + 1))"
      }
      return "{" + lines.joined(separator: ",") + end + "}"
    }
  }
}

import CHDF5

/// A group or a dataset: what can carry attributes.
public protocol AttributeOwner: ~Copyable {
  /// Path of the file, a colon, and the path inside it.
  var path: String { get }
  /// The open object, opaque outside of this module.
  var identity: ObjectIdentity { get }
}

/// An open object of the library, valid while its owner lives.
public struct ObjectIdentity {
  let id: hid_t
  let bytes: FileBytes
}

extension AttributeOwner where Self: ~Copyable {
  /// Whether there is an attribute of this name.
  public func hasAttribute(_ name: String) -> Bool {
    Library.enter { H5Aexists(identity.id, name) > 0 }
  }

  /// Names of all attributes, in alphabetical order.
  public func attributeNames() throws(HDF5Error) -> [String] {
    try Library.enter { () throws(HDF5Error) in
      var names: [String] = []
      var position: hsize_t = 0
      let status = withUnsafeMutablePointer(to: &names) { names in
        H5Aiterate2(
          identity.id, H5_INDEX_NAME, H5_ITER_INC, &position,
          { _, name, _, context in
            if let name, let context {
              context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            }
            return 0
          }, names)
      }
      try HDF5Error.check(status, "list the attributes of", path)
      return names
    }
  }

  /// Writes a text, of any length.
  public func setAttribute(_ name: String, _ text: String) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      let path = attributePath(name)
      let type = try StringType.variable(path)
      let space = try Handle(H5Screate(H5S_SCALAR), "describe", path)
      let attribute = try Handle(
        H5Acreate2(identity.id, name, type.id, space.id, apus_h5_default(), apus_h5_default()),
        "create", path)
      let status = StringType.withPointers([text]) { H5Awrite(attribute.id, type.id, $0) }
      try HDF5Error.check(status ?? 0, "write", path)
    }
  }

  /// Writes one number.
  public func setAttribute<Value: Element>(_ name: String, _ value: Value) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      let space = try Handle(H5Screate(H5S_SCALAR), "describe", attributePath(name))
      try write(name, space.id, [value])
    }
  }

  /// Writes a list of numbers.
  public func setAttribute<Value: Element>(_ name: String, _ values: [Value]) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      var count = hsize_t(values.count)
      let space = try Handle(H5Screate_simple(1, &count, nil), "describe", attributePath(name))
      try write(name, space.id, values)
    }
  }

  /// Reads a text.
  public func textAttribute(_ name: String) throws(HDF5Error) -> String {
    try Library.enter { () throws(HDF5Error) in
      let path = attributePath(name)
      let attribute = try open(name)
      let type = try Handle(H5Aget_type(attribute.id), "read", path)
      let texts = try StringType.read(
        count: try count(attribute.id, path), type: type.id, from: identity.bytes, path: path
      ) { H5Aread(attribute.id, $0, $1) }
      guard texts.count == 1 else {
        throw HDF5Error(
          operation: "read", path: path, stack: "it holds \(texts.count) texts, not 1")
      }
      return texts[0]
    }
  }

  /// Reads a list of numbers; a single number is a list of one.
  public func attribute<Value: Element>(_ name: String, of type: Value.Type) throws(HDF5Error)
    -> [Value]
  {
    try Library.enter { () throws(HDF5Error) in
      let path = attributePath(name)
      let attribute = try open(name)
      let count = try count(attribute.id, path)
      var status: herr_t = 0
      let values = [Value](unsafeUninitializedCapacity: count) { buffer, filled in
        guard let base = buffer.baseAddress, count > 0 else { return }
        status = H5Aread(attribute.id, Value.kind.memory, base)
        filled = status >= 0 ? count : 0
      }
      try HDF5Error.check(status, "read", path)
      return values
    }
  }

  /// Reads one number.
  public func numberAttribute<Value: Element>(_ name: String, of type: Value.Type) throws(HDF5Error)
    -> Value
  {
    let values = try attribute(name, of: type)
    guard values.count == 1 else {
      throw HDF5Error(
        operation: "read", path: attributePath(name),
        stack: "it holds \(values.count) numbers, not 1")
    }
    return values[0]
  }

  private func attributePath(_ name: String) -> String { "\(path)@\(name)" }

  private func open(_ name: String) throws(HDF5Error) -> Handle {
    try Handle(H5Aopen(identity.id, name, apus_h5_default()), "open", attributePath(name))
  }

  private func count(_ attribute: hid_t, _ path: String) throws(HDF5Error) -> Int {
    let space = try Handle(H5Aget_space(attribute), "read", path)
    let count = try HDF5Error.check(H5Sget_simple_extent_npoints(space.id), "read", path)
    // An attribute is metadata: a million values would be a mistake or damage.
    guard count <= 1_000_000 else {
      throw HDF5Error(operation: "read", path: path, stack: "it holds \(count) values")
    }
    return Int(count)
  }

  private func write<Value: Element>(_ name: String, _ space: hid_t, _ values: [Value])
    throws(HDF5Error)
  {
    let path = attributePath(name)
    let attribute = try Handle(
      H5Acreate2(
        identity.id, name, Value.kind.file, space, apus_h5_default(), apus_h5_default()),
      "create", path)
    try HDF5Error.check(H5Awrite(attribute.id, Value.kind.memory, values), "write", path)
  }
}

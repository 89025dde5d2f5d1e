import CHDF5
import Glibc

/// An open dataset: an array of numbers or texts.
public struct Dataset: ~Copyable, AttributeOwner {
  /// Path of the file, a colon, and the path inside it.
  public let path: String
  /// Extent of each dimension, slowest first.
  public let shape: [Int]
  let handle: Handle
  let bytes: FileBytes

  /// The open object, for attributes.
  public var identity: ObjectIdentity { ObjectIdentity(id: handle.id, bytes: bytes) }
  /// Number of elements.
  public let count: Int

  init(path: String, handle: consuming Handle, bytes: FileBytes) throws(HDF5Error) {
    let space = try Handle(H5Dget_space(handle.id), "read the shape of", path)
    let rank = Int(
      try HDF5Error.check(H5Sget_simple_extent_ndims(space.id), "read the shape of", path))
    var extents = [hsize_t](repeating: 0, count: rank)
    try HDF5Error.check(
      H5Sget_simple_extent_dims(space.id, &extents, nil), "read the shape of", path)
    var shape: [Int] = []
    var count = 1
    for extent in extents {
      // 2⁴⁰ elements are 8 TB: beyond it a shape is damage, and products of extents could overflow.
      guard extent <= 1 << 40, count <= 1 << 40 / max(Int(extent), 1) else {
        throw HDF5Error(
          operation: "read the shape of", path: path, stack: "\(extents) is out of range")
      }
      shape.append(Int(extent))
      count *= Int(extent)
    }
    if bytes.writing == nil { try Self.checkLayout(handle.id, bytes, path) }
    self.path = path
    self.shape = shape
    self.count = count
    self.handle = handle
    self.bytes = bytes
  }

  /// Refuses values that stand in other files, and lists of chunks that the library may not survive.
  private static func checkLayout(_ id: hid_t, _ bytes: FileBytes, _ path: String)
    throws(HDF5Error)
  {
    let creation = try Handle(H5Dget_create_plist(id), "look at the layout of", path)
    let layout = H5Pget_layout(creation.id)
    guard layout != H5D_VIRTUAL, H5Pget_external_count(creation.id) <= 0 else {
      throw HDF5Error(
        operation: "open", path: path, stack: "its values stand in other files, which are not read")
    }
    if let soundness = bytes.soundness, layout == H5D_CHUNKED,
      apus_h5_has_checked_chunks(id, creation.id) == 0
    {
      try soundness.prove()
    }
  }

  /// Whether it holds text, of fixed or variable length.
  public var holdsText: Bool { typeClass == H5T_STRING }

  /// Whether it holds whole numbers.
  public var holdsIntegers: Bool { typeClass == H5T_INTEGER }

  /// Whether it holds numbers, whole or not.
  public var holdsNumbers: Bool { [H5T_INTEGER, H5T_FLOAT].contains(typeClass) }

  private var typeClass: H5T_class_t {
    Library.enter {
      let type = H5Dget_type(handle.id)
      defer { H5Idec_ref(type) }
      return H5Tget_class(type)
    }
  }

  /// Position of the first byte in the file if it can be mapped as `[Value]`; nil for any other layout or type.
  public func mappableOffset<Value: Element>(as type: Value.Type) -> Int? {
    Library.enter {
      let stored = H5Dget_type(handle.id)
      defer { H5Idec_ref(stored) }
      let creation = H5Dget_create_plist(handle.id)
      defer { H5Idec_ref(creation) }
      guard H5Tequal(stored, Value.kind.memory) > 0, H5Pget_layout(creation) == H5D_CONTIGUOUS,
        H5Pget_external_count(creation) == 0
      else { return nil }
      let address = H5Dget_offset(handle.id)
      // H5Dget_offset counts from the start of the file, a user block included.
      guard apus_h5_is_undefined(address) == 0, let offset = Int(exactly: address),
        offset % MemoryLayout<Value>.alignment == 0
      else { return nil }
      return offset
    }
  }

  /// Reads everything, converted to `Value` if the file holds another numeric type.
  public func read<Value: Element>(_ type: Value.Type = Value.self) throws(HDF5Error) -> [Value] {
    try Library.enter { () throws(HDF5Error) in
      try checkStorage(elementSize: MemoryLayout<Value>.size)
      var status: herr_t = 0
      let values = [Value](unsafeUninitializedCapacity: count) { buffer, filled in
        guard let base = buffer.baseAddress, count > 0 else { return }
        status = H5Dread(
          handle.id, Value.kind.memory, apus_h5_whole(), apus_h5_whole(), apus_h5_default(), base)
        filled = status >= 0 ? count : 0
      }
      try HDF5Error.check(status, "read", path)
      return values
    }
  }

  /// Reads everything into memory of the caller, converted as above.
  ///
  /// Traps unless there is room for `count` elements.
  public func read<Value: Element>(into buffer: UnsafeMutableBufferPointer<Value>) throws(HDF5Error)
  {
    precondition(buffer.count == count, "room for each element of \(path)")
    guard let base = buffer.baseAddress, count > 0 else { return }
    try Library.enter { () throws(HDF5Error) in
      try checkStorage(elementSize: MemoryLayout<Value>.size)
      let status = H5Dread(
        handle.id, Value.kind.memory, apus_h5_whole(), apus_h5_whole(), apus_h5_default(), base)
      try HDF5Error.check(status, "read", path)
    }
  }

  /// Reads elements of a one-dimensional dataset, converted to `Value` if the file holds another numeric type.
  ///
  /// Traps outside the dataset.
  public func read<Value: Element>(_ rows: Range<Int>, of type: Value.Type = Value.self)
    throws(HDF5Error) -> [Value]
  {
    try Library.enter { () throws(HDF5Error) in
      try checkStorage(elementSize: MemoryLayout<Value>.size)
      var failure: HDF5Error?
      let values = [Value](unsafeUninitializedCapacity: rows.count) { buffer, filled in
        guard let base = buffer.baseAddress, !rows.isEmpty else { return }
        do throws(HDF5Error) {
          try selectRange(rows.lowerBound, rows.count, "read") { memory, file in
            H5Dread(handle.id, Value.kind.memory, memory, file, apus_h5_default(), base)
          }
          filled = rows.count
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      return values
    }
  }

  /// Reads whole rows of a two-dimensional dataset into memory of the caller, converted as above.
  ///
  /// Traps outside the dataset.
  public func readRows<Value: Element>(_ rows: Range<Int>, into output: UnsafeMutablePointer<Value>)
    throws(HDF5Error)
  {
    precondition(
      shape.count == 2 && rows.lowerBound >= 0 && rows.upperBound <= shape[0],
      "rows inside \(path)")
    if rows.isEmpty || shape[1] == 0 { return }
    try Library.enter { () throws(HDF5Error) in
      let file = try Handle(H5Dget_space(handle.id), "read", path)
      let extent = [hsize_t(rows.count), hsize_t(shape[1])]
      try HDF5Error.check(
        H5Sselect_hyperslab(
          file.id, H5S_SELECT_SET, [hsize_t(rows.lowerBound), 0], nil, extent, nil), "read", path)
      let memory = try Handle(H5Screate_simple(2, extent, nil), "read", path)
      let status = H5Dread(
        handle.id, Value.kind.memory, memory.id, file.id, apus_h5_default(), output)
      try HDF5Error.check(status, "read", path)
    }
  }

  /// Reads texts of a one-dimensional dataset.
  ///
  /// Traps outside the dataset.
  public func readStrings(_ rows: Range<Int>) throws(HDF5Error) -> [String] {
    try Library.enter { () throws(HDF5Error) in
      let type = try Handle(H5Dget_type(handle.id), "read", path)
      try checkStorage(elementSize: 1)
      return try StringType.read(count: rows.count, type: type.id, from: bytes, path: path) {
        type, buffer in
        var status: herr_t = -1
        try? selectRange(rows.lowerBound, rows.count, "read") { memory, file in
          status = H5Dread(handle.id, type, memory, file, apus_h5_default(), buffer)
          return status
        }
        return status
      }
    }
  }

  /// Calls `body` with a range of rows in memory and in the file.
  func selectRange(
    _ offset: Int, _ length: Int, _ operation: String,
    _ body: (_ memory: hid_t, _ file: hid_t) -> herr_t
  ) throws(HDF5Error) {
    precondition(
      shape.count == 1 && offset >= 0 && offset + length <= count, "a range inside \(path)")
    if length == 0 { return }
    let file = try Handle(H5Dget_space(handle.id), operation, path)
    var (start, extent) = (hsize_t(offset), hsize_t(length))
    try HDF5Error.check(
      H5Sselect_hyperslab(file.id, H5S_SELECT_SET, &start, nil, &extent, nil), operation, path)
    let memory = try Handle(H5Screate_simple(1, &extent, nil), operation, path)
    try HDF5Error.check(body(memory.id, file.id), operation, path)
  }

  /// Reads all texts.
  public func readStrings() throws(HDF5Error) -> [String] {
    try Library.enter { () throws(HDF5Error) in
      let type = try Handle(H5Dget_type(handle.id), "read", path)
      try checkStorage(elementSize: 1)
      return try StringType.read(count: count, type: type.id, from: bytes, path: path) {
        H5Dread(
          handle.id, $0, apus_h5_whole(), apus_h5_whole(), StringType.transferProperties(), $1)
      }
    }
  }

  /// Refuses values that the file cannot hold, before rows of them are read.
  public func checkStored() throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in try checkStorage(elementSize: 1) }
  }

  /// Refuses to set memory aside for values that the file cannot hold, or this machine.
  func checkStorage(elementSize: Int) throws(HDF5Error) {
    let stored = min(Int(clamping: H5Dget_storage_size(handle.id)), bytes.size)
    // Deflate, the best of the usual filters, shrinks at most about 1 030 times.
    guard count * elementSize / 1100 <= stored else {
      throw HDF5Error(
        operation: "read", path: path, stack: "\(count) values stand in \(stored) bytes")
    }
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard count * elementSize <= max(memory, 1 << 30) else {
      throw HDF5Error(
        operation: "read", path: path,
        stack: "\(count) values need more memory than this machine has")
    }
  }
}

import CHDF5

/// The type of variable-length UTF-8 text, and the opaque twin that shows its references.
enum StringType {
  /// How texts of datasets are transferred: through 64 KiB, in place of a megabyte that is zeroed for each column.
  // Made once, and only touched inside of `Library.enter`.
  nonisolated(unsafe) private static var transfer: hid_t = apus_h5_default()
  static func transferProperties() -> hid_t {
    if transfer == apus_h5_default() {
      let made = H5Pcreate(apus_h5_transfer())
      // The usual way does the same, slower.
      if made >= 0, H5Pset_buffer(made, 1 << 16, nil, nil) >= 0 { transfer = made }
    }
    return transfer
  }

  static func variable(_ path: String) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcopy(apus_h5_c_string()), "make a text type for", path)
    try HDF5Error.check(H5Tset_size(type.id, apus_h5_variable()), "make a text type for", path)
    try HDF5Error.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "make a text type for", path)
    return type
  }

  /// The type of UTF-8 text of a fixed length in bytes, padded by NULs.
  static func fixed(_ width: Int, _ path: String) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcopy(apus_h5_c_string()), "make a text type for", path)
    try HDF5Error.check(H5Tset_size(type.id, width), "make a text type for", path)
    try HDF5Error.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "make a text type for", path)
    try HDF5Error.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), "make a text type for", path)
    return type
  }

  /// The type of the 16 bytes that stand in a dataset for a variable-length text.
  static func opaque(_ path: String) throws(HDF5Error) -> Handle {
    if !isRegistered {
      let text = try variable(path)
      let opaque = try Handle(H5Tcreate(H5T_OPAQUE, 16), "make a reference type for", path)
      for (source, target) in [(text.id, opaque.id), (opaque.id, text.id)] {
        try HDF5Error.check(
          apus_h5_register_references(source, target), "make a reference type for", path)
      }
      isRegistered = true
    }
    return try Handle(H5Tcreate(H5T_OPAQUE, 16), "make a reference type for", path)
  }

  // Read and written by whoever has the library to itself: creating a type checks that.
  private nonisolated(unsafe) static var isRegistered = false

  /// Reads `count` strings of a type by `read`, which is `H5Dread` or `H5Aread` of one object.
  static func read(
    count: Int, type: hid_t, from file: FileBytes, path: String,
    _ read: (_ memoryType: hid_t, _ buffer: UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    guard H5Tget_class(type) == H5T_STRING else {
      throw HDF5Error(operation: "read text from", path: path, stack: "it does not hold text")
    }
    if count == 0 { return [] }
    if H5Tis_variable_str(type) > 0 {
      return try readVariable(count: count, from: file, path: path, read)
    }
    let size = H5Tget_size(type)
    // 16 MiB is more than any fixed-length text of ours or of netCDF.
    guard size > 0, size <= 1 << 24, count <= 1 << 40 / size else {
      throw HDF5Error(operation: "read text from", path: path, stack: "the text is too long")
    }
    let bytes = try fill(count * size, path) { read(type, $0) }
    return try bytes.withUnsafeBufferPointer { bytes throws(HDF5Error) in
      var strings: [String] = []
      strings.reserveCapacity(count)
      for row in 0..<count {
        let text = UnsafeBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
        let length = text.firstIndex(of: 0) ?? size
        guard
          let string = String(
            validating: UnsafeBufferPointer(rebasing: text[..<length]), as: UTF8.self)
        else { throw damaged(row, path) }
        strings.append(string)
      }
      return strings
    }
  }

  private static func readVariable(
    count: Int, from file: FileBytes, path: String,
    _ read: (_ memoryType: hid_t, _ buffer: UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    let opaque = try opaque(path)
    let bytes = try fill(count * 16, path) { read(opaque.id, $0) }
    var heap = GlobalHeap(file: file)
    var strings: [String] = []
    strings.reserveCapacity(count)
    for (row, reference) in GlobalHeap.references(bytes).enumerated() {
      guard let string = heap.string(reference) else { throw damaged(row, path) }
      strings.append(string)
    }
    return strings
  }

  private static func fill(
    _ size: Int, _ path: String, _ read: (UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    var status: herr_t = 0
    bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { status = read(base) } }
    try HDF5Error.check(status, "read text from", path)
    return bytes
  }

  private static func damaged(_ row: Int, _ path: String) -> HDF5Error {
    HDF5Error(
      operation: "read text from", path: path, stack: "the text of row \(row) is damaged")
  }

  /// Calls `body` with an array of C strings; a NUL inside a text becomes U+FFFD.
  static func withPointers<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
  ) -> Value? {
    var text: [CChar] = []
    var offsets: [Int] = []
    offsets.reserveCapacity(strings.count)
    for var string in strings {
      if string.utf8.contains(0) {
        string = String(string.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) })
      }
      offsets.append(text.count)
      string.withUTF8 { text.append(contentsOf: $0.lazy.map { CChar(bitPattern: $0) }) }
      text.append(0)
    }
    return text.withUnsafeBufferPointer { text in
      let pointers = offsets.map { offset in text.baseAddress.map { $0 + offset } }
      return pointers.withUnsafeBufferPointer { $0.baseAddress.map(body) }
    }
  }
}

import CHDF5

extension Group {
  /// Makes a contiguous dataset of numbers, its place in the file set aside at once and not filled.
  ///
  /// Every element must be written before the file is closed.
  public func createDataset<Value: Element>(_ name: String, of type: Value.Type, shape: [Int])
    throws(HDF5Error) -> Dataset
  {
    try Library.enter { () throws(HDF5Error) in
      try create(name, Value.kind.file, shape)
    }
  }

  /// Makes a contiguous dataset of variable-length UTF-8 texts.
  public func createTextDataset(_ name: String, shape: [Int]) throws(HDF5Error) -> Dataset {
    try Library.enter { () throws(HDF5Error) in
      let type = try StringType.variable(memberPath(name))
      return try create(name, type.id, shape)
    }
  }

  /// Makes a one-dimensional dataset of numbers and writes it.
  @discardableResult
  public func write<Value: Element>(_ name: String, _ values: [Value]) throws(HDF5Error) -> Dataset
  {
    let dataset = try createDataset(name, of: Value.self, shape: [values.count])
    try dataset.write(values)
    return dataset
  }

  /// Makes a one-dimensional dataset of texts and writes it.
  @discardableResult
  public func write(_ name: String, _ texts: [String]) throws(HDF5Error) -> Dataset {
    let dataset = try createTextDataset(name, shape: [texts.count])
    try dataset.write(texts)
    return dataset
  }

  /// Makes a one-dimensional dataset of texts of fixed length, that of the longest, and writes it.
  ///
  /// For columns of short texts that hardly repeat: a variable-length text takes 50 bytes more, and much longer to write. A text
  /// ends at its first NUL.
  @discardableResult
  public func writeFixed(_ name: String, _ texts: [String]) throws(HDF5Error) -> Dataset {
    let width = texts.reduce(1) { max($0, $1.utf8.count) }
    var bytes = [UInt8](repeating: 0, count: texts.count * width)
    bytes.withUnsafeMutableBytes { bytes in
      for (row, var text) in texts.enumerated() {
        text.withUTF8 { bytes.baseAddress.map { $0 + row * width }?.copyMemory(from: $0) }
      }
    }
    return try Library.enter { () throws(HDF5Error) in
      let type = try StringType.fixed(width, memberPath(name))
      let dataset = try create(name, type.id, [texts.count])
      if !texts.isEmpty {
        let status = H5Dwrite(
          dataset.handle.id, type.id, apus_h5_whole(), apus_h5_whole(), apus_h5_default(), bytes)
        try HDF5Error.check(status, "write", dataset.path)
      }
      return dataset
    }
  }

  /// Makes a dataset of numbers whose chunks are shuffled and deflated; the file must have been made for chunks.
  ///
  /// - Parameter level: of deflate, 1 to 9.
  public func createPackedDataset<Value: Element>(
    _ name: String, of type: Value.Type, shape: [Int], chunk: [Int], level: Int
  ) throws(HDF5Error) -> Dataset {
    try Library.enter { () throws(HDF5Error) in
      let path = memberPath(name)
      let space = try Handle(
        H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil), "describe", path)
      let creation = try Handle(H5Pcreate(apus_h5_dataset_create()), "prepare to create", path)
      let extents = chunk.map { hsize_t($0) }
      for status in [
        H5Pset_chunk(creation.id, Int32(extents.count), extents), H5Pset_shuffle(creation.id),
        H5Pset_deflate(creation.id, UInt32(level)),
        H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER),
      ] { try HDF5Error.check(status, "prepare to create", path) }
      let id = H5Dcreate2(
        handle.id, name, Value.kind.file, space.id, apus_h5_default(), creation.id,
        apus_h5_default())
      let handle = try Handle(id, "create", path, writing: bytes.writing)
      return try Dataset(path: path, handle: handle, bytes: bytes)
    }
  }

  private func create(_ name: String, _ type: hid_t, _ shape: [Int]) throws(HDF5Error) -> Dataset {
    let path = memberPath(name)
    let extents = shape.map { hsize_t($0) }
    let space = try Handle(
      H5Screate_simple(Int32(extents.count), extents, nil), "describe", path)
    let creation = try Handle(H5Pcreate(apus_h5_dataset_create()), "prepare to create", path)
    try HDF5Error.check(H5Pset_layout(creation.id, H5D_CONTIGUOUS), "prepare to create", path)
    try HDF5Error.check(
      H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY), "prepare to create", path)
    // Without times of change equal content makes equal files.
    try HDF5Error.check(
      H5Pset_obj_track_times(creation.id, false), "prepare to create", path)
    // Unwritten text must read as empty, not as a reference to anywhere.
    let isText = H5Tget_class(type) == H5T_STRING
    try HDF5Error.check(
      H5Pset_fill_time(creation.id, isText ? H5D_FILL_TIME_IFSET : H5D_FILL_TIME_NEVER),
      "prepare to create", path)
    let id = H5Dcreate2(
      handle.id, name, type, space.id, apus_h5_default(), creation.id, apus_h5_default())
    let handle = try Handle(id, "create", path, writing: bytes.writing)
    return try Dataset(path: path, handle: handle, bytes: bytes)
  }
}

extension Dataset {
  /// Writes all elements.
  ///
  /// Traps unless there are `count` of them.
  public func write<Value: Element>(_ values: [Value]) throws(HDF5Error) {
    try values.withUnsafeBufferPointer { buffer throws(HDF5Error) in try write(buffer) }
  }

  /// Writes all elements.
  ///
  /// Traps unless there are `count` of them.
  public func write<Value: Element>(_ values: UnsafeBufferPointer<Value>) throws(HDF5Error) {
    precondition(values.count == count, "a value for each element of \(path)")
    guard let base = values.baseAddress, count > 0 else { return }
    try Library.enter { () throws(HDF5Error) in
      let status = H5Dwrite(
        handle.id, Value.kind.memory, apus_h5_whole(), apus_h5_whole(), apus_h5_default(), base)
      try HDF5Error.check(status, "write", path)
    }
  }

  /// Writes whole rows of a two-dimensional dataset from a row on.
  ///
  /// Traps outside the dataset, or if the values don't fill rows.
  public func writeRows<Value: Element>(_ values: UnsafeBufferPointer<Value>, at row: Int)
    throws(HDF5Error)
  {
    let width = shape[shape.count - 1]
    guard let base = values.baseAddress, !values.isEmpty else { return }
    let rows = values.count / width
    precondition(
      shape.count == 2 && rows * width == values.count && row >= 0 && row + rows <= shape[0],
      "rows inside \(path)")
    try Library.enter { () throws(HDF5Error) in
      let file = try Handle(H5Dget_space(handle.id), "write", path)
      let start = [hsize_t(row), 0]
      let extent = [hsize_t(rows), hsize_t(width)]
      try HDF5Error.check(
        H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, extent, nil), "write", path)
      let memory = try Handle(H5Screate_simple(2, extent, nil), "write", path)
      let status = H5Dwrite(
        handle.id, Value.kind.memory, memory.id, file.id, apus_h5_default(), base)
      try HDF5Error.check(status, "write", path)
    }
  }

  /// Writes elements of a one-dimensional dataset from an offset on.
  ///
  /// Traps outside the dataset.
  public func write<Value: Element>(_ values: [Value], at offset: Int) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      try writeRange(offset, values.count) { memory, file in
        H5Dwrite(handle.id, Value.kind.memory, memory, file, apus_h5_default(), values)
      }
    }
  }

  /// Writes all texts, row by row if there are more dimensions than one.
  ///
  /// Traps unless there are `count` of them.
  public func write(_ texts: [String]) throws(HDF5Error) {
    precondition(texts.count == count, "a text for each element of \(path)")
    guard count > 0 else { return }
    try Library.enter { () throws(HDF5Error) in
      let type = try StringType.variable(path)
      let status =
        StringType.withPointers(texts) {
          H5Dwrite(
            handle.id, type.id, apus_h5_whole(), apus_h5_whole(), StringType.transferProperties(),
            $0)
        } ?? 0
      try HDF5Error.check(status, "write", path)
    }
  }

  /// Writes texts of a one-dimensional dataset from an offset on.
  ///
  /// Traps outside the dataset.
  public func write(_ texts: [String], at offset: Int) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      let type = try StringType.variable(path)
      try writeRange(offset, texts.count) { memory, file in
        StringType.withPointers(texts) {
          H5Dwrite(handle.id, type.id, memory, file, StringType.transferProperties(), $0)
        } ?? 0
      }
    }
  }

  func writeRange(
    _ offset: Int, _ length: Int, _ write: (_ memory: hid_t, _ file: hid_t) -> herr_t
  ) throws(HDF5Error) {
    try selectRange(offset, length, "write", write)
  }
}

extension Dataset {
  /// Declares this dataset to be the coordinates of a dimension, as netCDF-4 does.
  public func makeScale(_ name: String) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      try HDF5Error.check(H5DSset_scale(handle.id, name), "make a dimension scale of", path)
    }
  }

  /// Says that a dimension of this dataset is measured by a scale.
  public func attach(_ scale: borrowing Dataset, dimension: Int) throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      let status = H5DSattach_scale(handle.id, scale.handle.id, UInt32(dimension))
      try HDF5Error.check(status, "attach \(scale.path) to", path)
    }
  }

  /// Whether a dimension of this dataset is measured by a scale; nil if it is measured by none.
  ///
  /// The list of scales is resolved here: the library would follow its references without looking.
  public func isAttached(_ scale: borrowing Dataset, dimension: Int) throws(HDF5Error) -> Bool? {
    try Library.enter { () throws(HDF5Error) in
      if bytes.writing != nil {
        return H5DSis_attached(handle.id, scale.handle.id, UInt32(dimension)) > 0
      }
      let scales = try references("DIMENSION_LIST", at: dimension)
      return scales.isEmpty ? nil : scales.contains(UInt64(apus_h5_address(scale.handle.id)))
    }
  }

  /// Addresses of the objects that an element of an attribute of object references lists.
  private func references(_ name: String, at element: Int) throws(HDF5Error) -> [UInt64] {
    guard hasAttribute(name) else { return [] }
    let part = "\(path)@\(name)"
    let attribute = try Handle(H5Aopen(handle.id, name, apus_h5_default()), "open", part)
    let type = try Handle(H5Aget_type(attribute.id), "read", part)
    let space = try Handle(H5Aget_space(attribute.id), "read", part)
    let count = try HDF5Error.check(H5Sget_simple_extent_npoints(space.id), "read", part)
    guard H5Tget_class(type.id) == H5T_VLEN, count == shape.count, element < count else {
      throw HDF5Error(operation: "read", path: part, stack: "it is no list for each dimension")
    }
    let opaque = try StringType.opaque(part)
    var stored = [UInt8](repeating: 0, count: 16 * Int(count))
    try HDF5Error.check(H5Aread(attribute.id, opaque.id, &stored), "read", part)
    var heap = GlobalHeap(file: bytes)
    let reference = GlobalHeap.references(stored)[element]
    if reference.length == 0 { return [] }
    guard let addresses = heap.addresses(reference) else {
      throw HDF5Error(operation: "read", path: part, stack: "the list is damaged")
    }
    return addresses
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copyMemory(from text: UnsafeBufferPointer<UInt8>) {
    if let base = text.baseAddress { copyMemory(from: base, byteCount: text.count) }
  }
}

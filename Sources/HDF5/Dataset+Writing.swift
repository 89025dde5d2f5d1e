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

  private func create(_ name: String, _ type: hid_t, _ shape: [Int]) throws(HDF5Error) -> Dataset {
    let path = memberPath(name)
    let extents = shape.map { hsize_t($0) }
    let space = try Handle(
      H5Screate_simple(Int32(extents.count), extents, nil), "describe", path)
    let creation = try Handle(H5Pcreate(apus_h5_dataset_create()), "prepare to create", path)
    try HDF5Error.check(H5Pset_layout(creation.id, H5D_CONTIGUOUS), "prepare to create", path)
    try HDF5Error.check(
      H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY), "prepare to create", path)
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

  /// Writes all texts.
  ///
  /// Traps unless there are `count` of them.
  public func write(_ texts: [String]) throws(HDF5Error) {
    precondition(texts.count == count, "a text for each element of \(path)")
    try write(texts, at: 0)
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

  /// Whether a dimension of this dataset is measured by a scale.
  public func isAttached(_ scale: borrowing Dataset, dimension: Int) -> Bool {
    Library.enter { H5DSis_attached(handle.id, scale.handle.id, UInt32(dimension)) > 0 }
  }
}

import CHDF5

/// A small set of texts that stand in many elements of a dataset, each stored once in the file.
///
/// In a file, variable-length text is a reference to an object of a heap; here equal texts refer to the same object. Readers
/// see no difference. Whoever changes such a text in place frees the object that other elements refer to, so files of
/// shared texts are replaced and not edited.
public struct SharedTexts {
  /// The texts.
  public private(set) var texts: [String]
  /// Where each text was stored; nil if it has not been.
  fileprivate var references: [StoredText?]

  /// A set of texts that are not stored yet.
  public init(_ texts: [String] = []) {
    self.texts = texts
    references = texts.map { $0.isEmpty ? StoredText() : nil }
  }

  /// Adds a text and returns its place.
  public mutating func append(_ text: String) -> Int32 {
    texts.append(text)
    references.append(text.isEmpty ? StoredText() : nil)
    return Int32(texts.count - 1)
  }
}

/// A variable-length text as it stands in a dataset: length, heap address, index; all zero if it is empty.
private struct StoredText: BitwiseCopyable, Hashable {
  var low: UInt64 = 0
  var high: UInt64 = 0

  /// As the reader of the heap takes it: the address begins in the middle of the first word.
  var parts: GlobalHeap.Reference {
    GlobalHeap.Reference(
      length: UInt32(truncatingIfNeeded: low), address: low >> 32 | high << 32,
      index: UInt32(truncatingIfNeeded: high >> 32))
  }
}

extension Dataset {
  /// Writes texts of a one-dimensional dataset from an offset on, by their places in a set; a negative one is empty.
  ///
  /// Traps outside the dataset or the set.
  public func write(_ places: [Int32], of shared: inout SharedTexts, at offset: Int)
    throws(HDF5Error)
  {
    // The library makes the objects of new texts; what it wrote into the elements is what all others get.
    var row = 0
    while row < places.count {
      var fresh: [String] = []
      let start = row
      while row < places.count, places[row] >= 0, shared.references[Int(places[row])] == nil {
        fresh.append(shared.texts[Int(places[row])])
        // Known from here on, so that the next of its kind ends the run.
        shared.references[Int(places[row])] = StoredText()
        row += 1
      }
      if fresh.isEmpty {
        row += 1
        continue
      }
      try write(fresh, at: offset + start)
      for (stored, place) in zip(
        try stored(from: offset + start, count: fresh.count), places[start..<row])
      {
        shared.references[Int(place)] = stored
      }
    }
    let stored = places.map { place in
      place < 0 ? StoredText() : shared.references[Int(place)] ?? StoredText()
    }
    try Library.enter { () throws(HDF5Error) in
      let opaque = try StringType.opaque(path)
      try writeRange(offset, stored.count) { memory, file in
        H5Dwrite(handle.id, opaque.id, memory, file, apus_h5_default(), stored)
      }
    }
  }

  private func stored(from row: Int, count: Int) throws(HDF5Error) -> [StoredText] {
    try Library.enter { () throws(HDF5Error) in
      let opaque = try StringType.opaque(path)
      var texts = [StoredText](repeating: StoredText(), count: count)
      try selectRange(row, count, "read") { memory, file in
        H5Dread(handle.id, opaque.id, memory, file, apus_h5_default(), &texts)
      }
      return texts
    }
  }
}

/// The distinct texts of a column that is read part by part.
public struct KnownTexts {
  /// The texts, in order of appearance.
  public private(set) var texts: [String] = []
  private var places: [String: Int32] = [:]
  private var stored: [StoredText: Int32] = [:]

  /// No texts yet.
  public init() {}

  fileprivate mutating func place(_ reference: StoredText, _ text: () -> String?) -> Int32? {
    if let place = stored[reference] { return place }
    guard let text = text() else { return nil }
    let place = place(text)
    // Files of before texts were shared have an object for each element, which are too many to remember.
    if stored.count < 4096 { stored[reference] = place }
    return place
  }

  fileprivate mutating func place(_ text: String) -> Int32 {
    if let place = places[text] { return place }
    let place = Int32(texts.count)
    texts.append(text)
    places[text] = place
    return place
  }
}

extension Dataset {
  /// Reads texts of a one-dimensional dataset as their places among the distinct ones.
  ///
  /// Traps outside the dataset.
  public func readPlaces(_ rows: Range<Int>, _ known: inout KnownTexts) throws(HDF5Error) -> [Int32]
  {
    if rows.isEmpty { return [] }
    guard let stored = try references(rows) else {
      return try readStrings(rows).map { known.place($0) }
    }
    var heap = GlobalHeap(file: bytes)
    var places: [Int32] = []
    places.reserveCapacity(rows.count)
    for (row, reference) in stored.enumerated() {
      let place = known.place(reference) { heap.string(reference.parts) }
      guard let place else {
        throw HDF5Error(
          operation: "read text from", path: path,
          stack: "the text of row \(rows.lowerBound + row) is damaged")
      }
      places.append(place)
    }
    return places
  }

  /// What stands in the dataset for variable-length texts; nil if it holds anything else.
  private func references(_ rows: Range<Int>) throws(HDF5Error) -> [StoredText]? {
    try Library.enter { () throws(HDF5Error) in
      let type = try Handle(H5Dget_type(handle.id), "read", path)
      guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) > 0 else { return nil }
      let opaque = try StringType.opaque(path)
      try checkStorage(elementSize: 1)
      var stored = [StoredText](repeating: StoredText(), count: rows.count)
      try selectRange(rows.lowerBound, rows.count, "read") { memory, file in
        H5Dread(handle.id, opaque.id, memory, file, apus_h5_default(), &stored)
      }
      return stored
    }
  }
}

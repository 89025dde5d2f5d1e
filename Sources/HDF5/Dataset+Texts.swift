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

/// A variable-length text as it stands in a dataset: length, heap address, index. All zero is the empty text.
private struct StoredText: BitwiseCopyable {
  var low: UInt64 = 0
  var high: UInt64 = 0
}

extension Dataset {
  /// Writes texts of a one-dimensional dataset from an offset on, by their places in a set; a negative one is empty.
  ///
  /// Traps outside the dataset or the set.
  public func write(_ places: [Int32], of shared: inout SharedTexts, at offset: Int)
    throws(HDF5Error)
  {
    for (row, place) in places.enumerated()
    where place >= 0 && shared.references[Int(place)] == nil {
      // The library makes the object; what it wrote into the element is what all others get.
      try write([shared.texts[Int(place)]], at: offset + row)
      shared.references[Int(place)] = try reference(at: offset + row)
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

  private func reference(at row: Int) throws(HDF5Error) -> StoredText {
    try Library.enter { () throws(HDF5Error) in
      let opaque = try StringType.opaque(path)
      var text = StoredText()
      try selectRange(row, 1, "read") { memory, file in
        H5Dread(handle.id, opaque.id, memory, file, apus_h5_default(), &text)
      }
      return text
    }
  }
}

import HDF5

/// Tables that are no lanes of a run, such as what a book is worth, in one HDF5 file.
///
///     report.h5      attrs: apus_format = "report", apus_version = 1, created_utc, and what the report says of itself
///     └─ <table>/    a netCDF-4 group each, as those of a result: `xarray.open_dataset("report.h5", group="<table>")`
public enum ReportStore {
  /// Version of the format.
  public static let version = 1

  /// Writes tables to a file, which appears whole or not at all.
  ///
  /// - Throws: `invalidContent`, `fileExists`, `unwritable`.
  public static func write(
    _ groups: [ResultGroup], attributes: [ResultTable.Attribute], to path: String, force: Bool
  ) throws(StorageError) {
    for group in groups { try group.check() }
    try AtomicFile.write(to: path, force: force) { temporary throws(StorageError) in
      try writing(path) { () throws(HDF5Error) in
        let file = try File.create(temporary)
        try fill(try file.root(), groups, attributes)
        try file.close()
      }
    }
  }

  private static func fill(
    _ root: borrowing Group, _ groups: [ResultGroup], _ attributes: [ResultTable.Attribute]
  ) throws(HDF5Error) {
    try Header.write(root, format: "report", version: version)
    try root.setAttribute("created_utc", Header.now())
    for attribute in attributes { try root.setAttribute(attribute.name, attribute.value) }
    try ResultStore.write(groups, in: root)
  }
}

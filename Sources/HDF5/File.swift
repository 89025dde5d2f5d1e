import CHDF5

/// An open HDF5 file; closed at the end of its life.
public struct File: ~Copyable {
  /// Path as given.
  public let path: String
  let handle: Handle
  let bytes: FileBytes

  /// Makes a file, or empties the one that is there.
  ///
  /// Objects of 4 KiB and more start on page boundaries, groups remember the order of their members, and
  /// metadata has the checksummed form of HDF5 1.8, which every current reader knows.
  ///
  /// - Parameter withChunks: whether datasets will have chunks; their lists have checksums since HDF5 1.10 only.
  public static func create(_ path: String, withChunks: Bool = false) throws(HDF5Error) -> File {
    try Library.enter { () throws(HDF5Error) in
      let creation = try Handle(
        H5Pcreate(apus_h5_file_create()), "prepare to create", path)
      try HDF5Error.check(
        H5Pset_link_creation_order(creation.id, apus_h5_creation_order()), "prepare to create", path
      )
      // Without times of change equal content makes equal files.
      try HDF5Error.check(
        H5Pset_obj_track_times(creation.id, false), "prepare to create", path)
      let access = try Handle(H5Pcreate(apus_h5_file_access()), "prepare to create", path)
      try HDF5Error.check(
        H5Pset_libver_bounds(
          access.id, withChunks ? H5F_LIBVER_V110 : H5F_LIBVER_V18, H5F_LIBVER_V110),
        "prepare to create", path)
      try HDF5Error.check(H5Pset_alignment(access.id, 4096, 4096), "prepare to create", path)
      try HDF5Error.check(H5Pset_file_locking(access.id, false, true), "prepare to create", path)
      let id = H5Fcreate(path, apus_h5_truncate(), creation.id, access.id)
      let opened = try Handle(id, "create", path)
      let bytes = try bytes(of: opened.id, path, isWritten: true)
      // The guard against a full disk needs the descriptor, which only an open file has.
      H5Iinc_ref(id)
      return File(
        path: path, handle: try Handle(id, "create", path, writing: bytes.writing), bytes: bytes)
    }
  }

  /// Opens a file for reading.
  ///
  /// Without the library's lock on the file: finished files are replaced by renaming and never change, and a child
  /// process that inherits a writer's descriptor would hold its lock after it has gone.
  public static func open(_ path: String) throws(HDF5Error) -> File {
    try Library.enter { () throws(HDF5Error) in
      try Soundness.check(path)
      let access = try Handle(H5Pcreate(apus_h5_file_access()), "prepare to open", path)
      try HDF5Error.check(H5Pset_file_locking(access.id, false, true), "prepare to open", path)
      let id = H5Fopen(path, apus_h5_read_only(), access.id)
      let handle = try Handle(id, "open", path)
      let bytes = try bytes(of: handle.id, path, isWritten: false)
      return File(path: path, handle: handle, bytes: bytes)
    }
  }

  /// The group that holds all others.
  public func root() throws(HDF5Error) -> Group {
    try Library.enter { () throws(HDF5Error) in
      let id = H5Gopen2(handle.id, "/", apus_h5_default())
      return Group(path: path + ":/", handle: try Handle(id, "open", path + ":/"), bytes: bytes)
    }
  }

  /// Writes what is buffered to the file and closes it; only here do late write errors show.
  public consuming func close() throws(HDF5Error) {
    try Library.enter { () throws(HDF5Error) in
      try HDF5Error.check(H5Fflush(handle.id, H5F_SCOPE_LOCAL), "write", path)
      if let failure = bytes.writing?.failure { throw failure }
    }
  }

  /// Why a call failed that wrote to the file: what is thrown may only follow from a write that failed before.
  public func reason(of error: HDF5Error) -> HDF5Error {
    error.cause.hasPrefix("file write failed") ? error : bytes.writing?.failure ?? error
  }

  /// The descriptor under the file, valid while the file is open: for mapping its bytes.
  public var descriptor: Int32 { bytes.descriptor }

  /// Number of objects that are open in this file, itself included.
  public var openObjectCount: Int {
    Library.enter { Int(H5Fget_obj_count(handle.id, apus_h5_every_kind())) }
  }

  private static func bytes(of file: hid_t, _ path: String, isWritten: Bool) throws(HDF5Error)
    -> FileBytes
  {
    let operation = "look at the bytes of"
    var pointer: UnsafeMutableRawPointer?
    try HDF5Error.check(H5Fget_vfd_handle(file, apus_h5_default(), &pointer), operation, path)
    guard let descriptor = pointer?.load(as: Int32.self) else {
      throw HDF5Error(operation: operation, path: path, stack: "no descriptor")
    }
    let creation = try Handle(H5Fget_create_plist(file), operation, path)
    var base: hsize_t = 0
    try HDF5Error.check(H5Pget_userblock(creation.id, &base), operation, path)
    let writing = isWritten ? WrittenFile(path: path, descriptor: descriptor) : nil
    return FileBytes(
      descriptor: descriptor, base: base, writing: writing,
      soundness: isWritten ? nil : Soundness(path: path, descriptor: descriptor))
  }
}

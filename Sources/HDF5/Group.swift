import CHDF5

/// An open group: a folder inside a file.
public struct Group: ~Copyable, AttributeOwner {
  /// Path of the file, a colon, and the path inside it.
  public let path: String
  let handle: Handle
  let bytes: FileBytes

  /// The open object, for attributes.
  public var identity: ObjectIdentity { ObjectIdentity(id: handle.id, bytes: bytes) }

  /// What a member is.
  public enum MemberKind: Sendable {
    /// A folder.
    case group
    /// An array of values.
    case dataset
    /// A stored type.
    case type
    /// A link to another place, in this file or another; it is not followed.
    case link
    /// Something that can't be read.
    case damaged
  }

  /// Makes a group inside this one.
  public func createGroup(_ name: String) throws(HDF5Error) -> Group {
    try Library.enter { () throws(HDF5Error) in
      let path = memberPath(name)
      let creation = try Handle(H5Pcreate(apus_h5_group_create()), "prepare to create", path)
      try HDF5Error.check(
        H5Pset_link_creation_order(creation.id, apus_h5_creation_order()), "prepare to create", path
      )
      try HDF5Error.check(
        H5Pset_obj_track_times(creation.id, false), "prepare to create", path)
      let id = H5Gcreate2(handle.id, name, apus_h5_default(), creation.id, apus_h5_default())
      return Group(path: path, handle: try Handle(id, "create", path), bytes: bytes)
    }
  }

  /// Opens a group inside this one.
  public func group(_ name: String) throws(HDF5Error) -> Group {
    try Library.enter { () throws(HDF5Error) in
      let path = memberPath(name)
      try checkMember(name)
      let id = H5Gopen2(handle.id, name, apus_h5_default())
      return Group(path: path, handle: try Handle(id, "open", path), bytes: bytes)
    }
  }

  /// Opens a dataset of this group.
  public func dataset(_ name: String) throws(HDF5Error) -> Dataset {
    try Library.enter { () throws(HDF5Error) in
      let path = memberPath(name)
      try checkMember(name)
      let id = H5Dopen2(handle.id, name, apus_h5_default())
      let handle = try Handle(id, "open", path, writing: bytes.writing)
      return try Dataset(path: path, handle: handle, bytes: bytes)
    }
  }

  /// What stands under a name; nil if nothing does, or something of no kind that we know.
  public func kind(of name: String) -> MemberKind? {
    Library.enter {
      var address: haddr_t = 0
      guard !name.isEmpty else { return nil }
      switch apus_h5_link(handle.id, name, &address) {
      case 1: break
      case 2: return .link
      case 0: return nil
      default: return .damaged
      }
      guard (try? checkMember(name)) != nil else { return .damaged }
      var info = H5O_info_t()
      guard
        H5Oget_info_by_name2(handle.id, name, &info, UInt32(H5O_INFO_BASIC), apus_h5_default()) >= 0
      else { return .damaged }
      return switch info.type {
      case H5O_TYPE_GROUP: .group
      case H5O_TYPE_DATASET: .dataset
      case H5O_TYPE_NAMED_DATATYPE: .type
      default: nil
      }
    }
  }

  /// Names of the members: in the order of their creation where the file tells it, else by name.
  public func names() throws(HDF5Error) -> [String] {
    try Library.enter { () throws(HDF5Error) in
      var names: [String] = []
      var position: hsize_t = 0
      var order: UInt32 = 0
      let creation = try Handle(H5Gget_create_plist(handle.id), "list", path)
      try HDF5Error.check(H5Pget_link_creation_order(creation.id, &order), "list", path)
      let index = order == 0 ? H5_INDEX_NAME : H5_INDEX_CRT_ORDER
      let status = withUnsafeMutablePointer(to: &names) { names in
        H5Literate(
          handle.id, index, H5_ITER_INC, &position,
          { _, name, _, context in
            if let name, let context {
              context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            }
            return 0
          }, names)
      }
      try HDF5Error.check(status, "list", path)
      return names
    }
  }

  /// Refuses links to other places, and objects that the library may not survive.
  private func checkMember(_ name: String) throws(HDF5Error) {
    guard let soundness = bytes.soundness else { return }
    var address: haddr_t = 0
    switch apus_h5_link(handle.id, name, &address) {
    // What is missing or can't be told is the caller's next question to the library.
    case 1: if !bytes.hasCheckedHeader(at: UInt64(address)) { try soundness.prove() }
    case 2:
      throw HDF5Error(
        operation: "open", path: memberPath(name),
        stack: "it is a link to another place, which is not followed")
    default: return
    }
  }

  func memberPath(_ name: String) -> String {
    path.hasSuffix("/") ? path + name : "\(path)/\(name)"
  }
}

import CHDF5
import Glibc

/// An open object of the library; closing is what its end of life means.
struct Handle: ~Copyable {
  let id: hid_t
  /// The file, if it is being written and this object must reach it.
  private let target: WrittenFile?

  /// Takes what a call returned, or throws the reason for its failure.
  ///
  /// - Parameter target: the file, for files and datasets that are being written.
  init(_ id: hid_t, _ operation: String, _ path: String, writing target: WrittenFile? = nil)
    throws(HDF5Error)
  {
    Library.checkEntered()
    self.id = try HDF5Error.check(id, operation, path)
    self.target = target
  }

  deinit {
    _ = Library.enter {
      if let target, flush() < 0 { target.abandon() }
      return H5Idec_ref(id)
    }
  }

  private func flush() -> herr_t {
    H5Iget_type(id) == H5I_FILE ? H5Fflush(id, H5F_SCOPE_LOCAL) : H5Dflush(id)
  }
}

/// A file that is being written, and what became of it.
final class WrittenFile {
  private let path: String
  private let descriptor: Int32
  /// Why the file is lost, if it is.
  private(set) var failure: HDF5Error?

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Notes the last error and lets all further writes of the library go to memory, where they succeed.
  ///
  /// If a disk is full, the library can't close what it could not write: objects stay open half torn down, and
  /// it crashes at the end of the process.
  func abandon() {
    if failure != nil { return }
    failure = HDF5Error(operation: "write", path: path, stack: Library.errorStack())
    let memory = apus_memory_file()
    guard memory >= 0 else { return }
    dup2(memory, descriptor)
    close(memory)
  }
}

import Foundation

/// Texts that were read by a person once and must not change unseen.
///
/// Run the tests with `APUS_REWRITE_GOLDEN=1` to rewrite them, and read the difference in git.
package enum Golden {
  /// The lines of a file in the folder `Golden` beside the calling test, without empty ones.
  package static func lines(_ name: String, file: String = #filePath) throws -> [String] {
    let url = URL(filePath: file).deletingLastPathComponent()
      .appending(path: "Golden").appending(path: name)
    return try String(decoding: Data(contentsOf: url), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  /// Why a text isn't the golden one; `nil` if it is.
  ///
  /// - Parameters:
  ///   - text: what came out.
  ///   - name: the file's name in the folder `Golden` beside the calling test.
  package static func difference(
    _ text: String, from name: String, file: String = #filePath
  ) throws -> String? {
    let url = URL(filePath: file).deletingLastPathComponent()
      .appending(path: "Golden").appending(path: name)
    if ProcessInfo.processInfo.environment["APUS_REWRITE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
      return nil
    }
    let golden = try String(decoding: Data(contentsOf: url), as: UTF8.self)
    if golden == text { return nil }
    let (old, new) = (golden.split(separator: "\n"), text.split(separator: "\n"))
    let line = zip(old, new).prefix { $0 == $1 }.count
    return """
      \(url.path), line \(line + 1):
        golden: \(line < old.count ? old[line] : "(end)")
        now:    \(line < new.count ? new[line] : "(end)")
      """
  }
}

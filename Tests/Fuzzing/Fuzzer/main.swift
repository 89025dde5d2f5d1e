import CFuzzDriver
import Glibc

/// `apus-fuzz TARGET CORPUS… [-libfuzzer_flags]`: feeds bytes of libFuzzer's making to a reader of Apus.
///
/// A trap, a hang, a leak of memory beyond the limit or a broken promise ends it, with the bytes kept in a file.
let usage =
  "usage: apus-fuzz \(Target.all.map(\.name).joined(separator: "|")) CORPUS… [-flags]\n"

guard CommandLine.arguments.count > 1,
  let target = Target.all.first(where: { $0.name == CommandLine.arguments[1] })
else {
  write(2, usage, usage.utf8.count)
  exit(2)
}
// libFuzzer takes a plain function, so what it calls stands in a global.
Target.chosen = target
var arguments = ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) }
var count = Int32(arguments.count)
arguments.append(nil)
exit(
  arguments.withUnsafeMutableBufferPointer { buffer in
    var base = buffer.baseAddress
    return LLVMFuzzerRunDriver(&count, &base) { bytes, count in
      Target.chosen.run(UnsafeRawBufferPointer(start: bytes, count: count))
      return 0
    }
  })

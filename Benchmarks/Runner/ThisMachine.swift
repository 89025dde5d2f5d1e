import BenchmarkKit
import Glibc
import Jobs
import Kernels
import Market
import Simulation

/// What reports say of the machine and the build.
enum ThisMachine {
  static func facts(threads: Int?) -> MachineFacts {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return MachineFacts(
      cpu: Machine.processor, cores: Machine.processors, threads: threads ?? Machine.processors,
      kernelVariant: KernelVariant.best.rawValue, blasCore: MatrixProduct.blasCore ?? "none",
      swiftVersion: swiftVersion,
      date: Timestamp.text(
        nanoseconds: Int64(now.tv_sec) * 1_000_000_000, shortAtMidnight: false),
      apusVersion: apusVersion)
  }

  /// Path of `apus` in the folder of this executable; nil if there is none.
  static var apus: String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1
      }
    }
    guard length > 0, length < buffer.count else { return nil }
    let own = String(decoding: buffer[..<length], as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return nil }
    let path = own[...slash] + "apus"
    return access(String(path), X_OK) == 0 ? String(path) : nil
  }

  // A program can't ask which compiler made it; it can only be told while it is made.
  private static var swiftVersion: String {
    #if compiler(>=7)
      "7 or later"
    #elseif compiler(>=6.6)
      "6.6 or later"
    #elseif compiler(>=6.5)
      "6.5"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3.3)
      "6.3.3 or later"
    #elseif compiler(>=6.3.2)
      "6.3.2"
    #elseif compiler(>=6.3.1)
      "6.3.1"
    #else
      "6.3"
    #endif
  }
}

import CShims
import Kernels
import LaneKernels

#if arch(x86_64)
  import LaneKernelsV3
  import LaneKernelsV4
#endif

/// The instruction sets that the lane kernel was compiled for.
///
/// All give the same bits.
public enum KernelVariant: String, Sendable, CaseIterable {
  /// Runs on every processor of the architecture.
  case baseline
  /// AVX2.
  case v3 = "x86-64-v3"
  /// AVX-512.
  case v4 = "x86-64-v4"

  /// Variants that this processor runs, slowest first.
  public static var available: [KernelVariant] { allCases.filter(\.isSupported) }

  /// The fastest variant of this processor.
  public static var best: KernelVariant { available.last ?? .baseline }

  private var isSupported: Bool {
    switch self {
    case .baseline: true
    case .v3: apus_cpu_supports_level(3)
    case .v4: apus_cpu_supports_level(4)
    }
  }

  /// The loops of this variant.
  ///
  /// Traps on a processor that does not run it.
  public var kernels: KernelTable {
    precondition(isSupported, "this processor does not run \(rawValue)")
    #if arch(x86_64)
      switch self {
      case .baseline: return LaneKernels.LaneKernel.table(name: rawValue)
      case .v3: return LaneKernelsV3.LaneKernel.table(name: rawValue)
      case .v4: return LaneKernelsV4.LaneKernel.table(name: rawValue)
      }
    #else
      return LaneKernel.table(name: rawValue)
    #endif
  }
}

import Kernels
import LaneKernels

#if arch(x86_64)
  import LaneKernelsV3
  import LaneKernelsV4
#endif

extension KernelVariant {
  /// The loops of Monte Carlo of this variant.
  ///
  /// Traps on a processor that does not run it.
  public var pathKernels: PathKernels {
    precondition(KernelVariant.available.contains(self), "this processor does not run \(rawValue)")
    #if arch(x86_64)
      switch self {
      case .baseline: return LaneKernels.LaneKernel.pathKernels(name: rawValue)
      case .v3: return LaneKernelsV3.LaneKernel.pathKernels(name: rawValue)
      case .v4: return LaneKernelsV4.LaneKernel.pathKernels(name: rawValue)
      }
    #else
      return LaneKernel.pathKernels(name: rawValue)
    #endif
  }
}

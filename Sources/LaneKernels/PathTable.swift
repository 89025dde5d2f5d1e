import Kernels

extension LaneKernel {
  /// The loops of Monte Carlo of this instruction set.
  public static func pathKernels(name: String) -> PathKernels {
    PathKernels(
      name: name,
      normals: { NormalLanes.fill($0, $1, $2, $3, $4, $5, $6, $7) },
      normalSums: { NormalLanes.sum($0, $1, $2, $3, $4) },
      studentScales: { PathLanes.studentScales($0, $1, $2, $3, $4, $5) },
      growths: { PathLanes.growths($0, $1, $2, $3, $4) },
      rows: { RowLanes.fill($0, $1, $2, $3, $4, $5, $6) },
      gather: { PathLanes.gather($0, $1, $2, $3, $4) },
      rowProducts: { RowLanes.products($0, $1, $2, $3, $4, $5) },
      hold: { PathLanes.hold($0, $1, $2, $3, $4, $5) },
      follow: { PathLanes.follow($0, $1, $2, $3) })
  }
}

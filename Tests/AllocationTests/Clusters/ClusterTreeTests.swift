import Kernels
import TestSupport
import Testing

@testable import Allocation

struct ClusterTreeTests {
  @Test func treesAreThoseOfScipy() throws {
    for tree in try ClusterGolden.read.get().trees {
      let distances = Matrix(rows: tree.count, columns: tree.count, tree.distances)
      for (name, links) in tree.links {
        let linkage = try #require(Linkage(rawValue: name))
        let mine = ClusterTree(distances: distances, linkage: linkage)
        let note = Comment(rawValue: "\(name), \(tree.count) leaves")
        for (row, merge) in mine.merges.enumerated() {
          let theirs = links.merges[row * 4..<row * 4 + 4]
          #expect(Array(theirs.prefix(2)) == [Double(merge.left), Double(merge.right)], note)
          #expect(abs(theirs[row * 4 + 2] - merge.distance) < 1e-12, note)
          #expect(theirs[row * 4 + 3] == Double(merge.count), note)
        }
        #expect(mine.leaves(of: mine.root) == links.leaves, note)
        if let ordered = links.ordered { #expect(mine.orderedLeaves(distances) == ordered, note) }
      }
    }
  }

  @Test func oneSymbolIsATree() {
    let tree = ClusterTree(distances: Matrix(rows: 1, columns: 1), linkage: .ward)
    #expect(tree.leaves(of: tree.root) == [0])
    #expect(tree.clusters(1) == [0])
    #expect(ClusterCount.chosen.count(tree, Matrix(rows: 1, columns: 1)) == 1)
  }

  @Test func clustersArePartsOfTheWhole() throws {
    let problem = try ClusterGolden.problem()
    let distances = try ClusterDistance.correlation.distances(
      problem.covariance, symbols: problem.symbols)
    for linkage in Linkage.allCases {
      let tree = ClusterTree(distances: distances, linkage: linkage)
      for count in 1...tree.leafCount {
        let nodes = tree.clusters(count)
        #expect(nodes.count == count)
        #expect(nodes.flatMap { tree.leaves(of: $0) }.sorted() == Array(0..<tree.leafCount))
      }
    }
  }

  @Test func aLongChainOfSymbolsIsNoDeepRecursion() {
    let count = 3000
    var distances = Matrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0..<row {
        distances[row, column] = Double(row)
        distances[column, row] = Double(row)
      }
    }
    let tree = ClusterTree(distances: distances, linkage: .single)
    #expect(tree.leaves(of: tree.root).count == count)
  }
}

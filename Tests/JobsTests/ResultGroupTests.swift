import Foundation
import Storage
import TestSupport
import Testing

import Jobs

@Suite struct ResultGroupTests {
  private let group = ResultGroup(
    "covariance", title: "Covariance",
    dimensions: [
      .init("symbol", .texts(["A", "B"])), .init("time", .times([0, 86_400_000_000_000])),
    ],
    variables: [
      .init("x", ["symbol", "time"], [1, .nan, 3, 4], unit: "fraction"),
      .init("note", ["symbol"], .texts(["one", "two"])), .init("total", [], [7]),
    ])

  @Test func asJSONForXarray() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: try encoder.encode(group), as: UTF8.self)
    #expect(
      text
        == #"{"attrs":{"title":"Covariance"},"coords":{"symbol":{"attrs":{},"data":["A","B"],"dims":["symbol"]},"#
        + #""time":{"attrs":{},"data":["1970-01-01","1970-01-02"],"dims":["time"]}},"#
        + #""data_vars":{"note":{"attrs":{},"data":["one","two"],"dims":["symbol"]},"#
        + #""total":{"attrs":{},"data":7,"dims":[]},"#
        + #""x":{"attrs":{"unit":"fraction"},"data":[[1,null],[3,4]],"dims":["symbol","time"]}},"#
        + #""dims":{"symbol":2,"time":2}}"#)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let folder = try ScratchFolder()
    var table = ResultTable(
      attributes: ResultAttributes(), lanes: [0], symbols: ["p"], symbolIndex: [0], parameters: [],
      status: [.ok], reason: [""], metrics: [], leaderboard: [0], leaderboardBy: "sharpe",
      leaderboardDirection: "higher")
    table.groups = [group]
    table.groups[0].variables.append(
      .init("grid", ["symbol", "time"], .texts(["a", "b", "c", ""])))
    try ResultStore.write(table, to: folder.path("fine.h5"))
    table.groups[0].variables[0].values = .doubles([1])
    #expect(throws: StorageError.self) { try ResultStore.write(table, to: folder.path("bad.h5")) }
    table.groups = [group, group]
    #expect(throws: StorageError.self) { try ResultStore.write(table, to: folder.path("bad.h5")) }
  }
}

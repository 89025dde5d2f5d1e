import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct PackTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private let row = QuarantinedRow(file: "ü.csv", line: 3, column: "c", text: "t", reason: "r")

  @Test func packingAndUnpackingKeepsEveryBit() throws {
    for path in [scratch.path("prices.h5"), (scratch.path("prices") + "/")] {
      var draft = Samples.draft(bars: 900)
      draft.fields[0].values[7] = Double(bitPattern: 0x8000_0000_0000_0000)
      try PriceStore.append(draft, quarantine: [row], to: path)
      draft.fields[0].values[1] += 1
      try PriceStore.append(draft, to: path, revise: true)
      try PriceStore.append(Samples.draft("other", bars: 3), to: path)
      let store = try PriceStore.open(path)
      let isFolder = path.hasSuffix("/")
      let packed = scratch.path(isFolder ? "packed" : "packed.h5") + (isFolder ? "/" : "")
      let plain = scratch.path(isFolder ? "plain" : "plain.h5") + (isFolder ? "/" : "")
      try store.copy(to: packed, form: .packed, force: false)
      let archive = try PriceStore.open(packed)
      try archive.copy(to: plain, form: .plain, force: false)
      for path in [packed, plain] {
        let copy = try PriceStore.open(path)
        #expect(copy.contentHash == store.contentHash && copy.panels == store.panels)
        #expect(try copy.quarantinedRows().map(\.row) == [row])
        #expect(try copy.revisions() == store.revisions())
        #expect(try copy.verify().isEmpty)
        let panel = try copy.loadPanel("us_equity_1d")
        for field in draft.fields {
          #expect(Samples.bits(Samples.values(panel, field.name)) == Samples.bits(field.values))
        }
        #expect(throws: StorageError.self) { try store.copy(to: path, form: .plain, force: false) }
      }
      #expect(archive.byteCount < store.byteCount)
      // An append to an archive gives a plain store.
      try PriceStore.append(Samples.draft(bars: 901), to: packed, revise: true)
      #expect(try PriceStore.open(packed).verify().isEmpty)
      // Periods that the store does not have go with what stood there.
      try PriceStore.append(Samples.draft(bars: 3, from: 9000), to: packed)
      try store.copy(to: packed, form: .packed, force: true)
      #expect(try PriceStore.open(packed).contentHash == store.contentHash)
    }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }
}

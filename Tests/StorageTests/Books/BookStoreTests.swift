import Books
import Foundation
import Storage
import TestSupport
import Testing

/// Books in files: what is read is what was written, and what was damaged is refused.
@Suite struct BookStoreTests {
  @Test(
    "a book reads back as it was written",
    arguments: [(0, true), (1, false), (40, true), (300, true)])
  func roundTrip(_ count: Int, _ withIDs: Bool) throws {
    let folder = try ScratchFolder()
    let path = folder.path("book.h5")
    let book = SampleBook.make(entryCount: count, withIDs: withIDs)
    try BookStore.write(book, to: path)
    #expect(try BookStore.read(path) == book)
    #expect(throws: StorageError.fileExists(path: path)) { try BookStore.write(book, to: path) }
  }

  @Test("a book without anybody is a book") func empty() throws {
    let folder = try ScratchFolder()
    let book = Book(firm: .init(id: "f"))
    try BookStore.write(book, to: folder.path("book.h5"))
    #expect(try BookStore.read(folder.path("book.h5")) == book)
  }

  @Test("an update that changes nothing leaves the bytes, another counts") func update() throws {
    let folder = try ScratchFolder()
    let path = folder.path("book.h5")
    try BookStore.write(SampleBook.make(), to: path)
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(try BookStore.update(path) { _ in false } == false)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try BookStore.update(path) { book in
        book.firm.name = "gone"
        throw Stop()
      }
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(
      try BookStore.update(path) { book in
        book.firm.name = "new"
        return true
      })
    let stored = try BookStore.open(path)
    #expect(stored.book.firm.name == "new" && stored.revision == 2)
    #expect(try folder.names() == ["book.h5"])
  }

  @Test("what breaks a rule is not written, and says where") func rules() throws {
    let folder = try ScratchFolder()
    func fault(_ change: (inout Book) -> Void) -> String {
      var book = SampleBook.make()
      change(&book)
      do {
        try BookStore.write(book, to: folder.path("x.h5"))
        return "written"
      } catch { return "\(error)" }
    }
    #expect(fault { $0.clients[1].advisor = 7 }.contains("clients row 1"))
    let twice = fault { $0.portfolios[2].id = "p-1" }
    #expect(twice.contains("portfolios row 2 can't be stored: 'p-1' stands twice"))
    #expect(fault { $0.portfolios[0].currency = "usd" }.contains("no currency"))
    #expect(fault { $0.portfolios[0].profile.leverage = 0.5 }.contains("leverage"))
    #expect(fault { $0.wallets.swapAt(0, 3) }.contains("order of portfolios"))
    #expect(fault { $0.instruments[1].symbol = "" }.contains("instruments row 1"))
    #expect(fault { $0.labels[0].texts.removeLast() }.contains("label branch"))
    #expect(fault { $0.portfolios.append($0.portfolios[0]) }.contains("stands twice"))
    #expect(fault { $0.instruments.removeAll() }.contains("entries row"))
    #expect(try folder.names().isEmpty)
  }

  @Test("a flipped byte anywhere is refused or changes nothing, and never traps") func flips()
    throws
  {
    let folder = try ScratchFolder()
    let path = folder.path("book.h5")
    let book = SampleBook.make(entryCount: 25)
    try BookStore.write(book, to: path)
    let whole = try Data(contentsOf: URL(filePath: path))
    var random = TestRandom(seed: 7)
    for _ in 0..<200 {
      var bytes = whole
      // Half of them where metadata is.
      let at = random.int(0...(random.one(in: 2) ? min(4095, bytes.count - 1) : bytes.count - 1))
      bytes[at] ^= UInt8(1 << random.int(0...7))
      try bytes.write(to: URL(filePath: path))
      do {
        let stored = try BookStore.open(path)
        #expect(stored.book == book, "byte \(at)")
      } catch {
        #expect(error.description.contains(path), "byte \(at): \(error)")
      }
    }
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
      try whole.prefix(length).write(to: URL(filePath: path))
      #expect(throws: StorageError.self) { try BookStore.open(path) }
    }
  }

  @Test("files of other kinds are told apart") func otherFiles() throws {
    let folder = try ScratchFolder()
    #expect(throws: StorageError.fileMissing(path: "no/book.h5")) {
      try BookStore.read("no/book.h5")
    }
    let text = try folder.write("id,name\n", to: "book.h5")
    #expect(
      throws: StorageError.wrongFormat(path: text, expected: "book", found: "it is no HDF5 file")
    ) {
      try BookStore.read(text)
    }
    #expect(throws: StorageError.self) {
      try BookStore.update(folder.path("none.h5")) { _ in true }
    }
    #expect(try folder.names() == ["book.h5"])
  }
}

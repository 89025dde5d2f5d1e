extension Malformed {
  static let foreign: [Malformed] = [
    Malformed(
      "zip", .refused(3, ["f.csv is not a text file: it holds a zip archive. Save it as CSV"]),
      text("PK\u{3}\u{4}\u{14}\0\0\0\u{8}\0abcdefgh\0\0\0prices.csv")),
    Malformed(
      "parquet", .refused(3, ["f.csv is not a text file: it holds Parquet data. Save it as CSV "]),
      text("PAR1\u{15}\u{4}\u{15} \u{15} L\u{15}\u{2}\u{15}\0\0PAR1")),
    Malformed(
      "HDF5", .refused(3, ["f.csv is not a text file: it holds an HDF5 store. Save it as CSV"]),
      Bytes(hex: "89484446 0d0a1a0a 00000000 00080800")),
    Malformed(
      "PNG", .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      Bytes(hex: "89504e47 0d0a1a0a 0000000d 49484452 00000001")),
    Malformed(
      "PDF", .refused(3, ["f.csv has no column for 'time' (it has: %PDF-1.4). If another ch"]),
      Bytes(
        hex:
          "25504446 2d312e34 0a25e2e3 cfd30a31 2030206f 626a0a3c 3c202f54 79706520 2f436174 616c6f67 203e3e0a 656e646f 626a0a"
      )),
    Malformed(
      "xls", .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      Bytes(hex: "d0cf11e0 a1b11ae1") + Bytes(repeating: 0, count: 100)),
    Malformed(
      "ELF", .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      Bytes(hex: "7f454c46 02010100") + Bytes(repeating: 0, count: 100)),
    Malformed(
      "random bytes",
      .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      noise(3000)),
    Malformed(
      "HTML", .refused(3, ["f.csv has no column for 'time' (it has: '', <!DOCTYPE html>). Na"]),
      text(
        "<!DOCTYPE html>\n<html><head><title>404, not found</title></head>\n",
        "<body><p>No such page, sorry.</p></body></html>\n")),
    Malformed(
      "XML", .refused(3, ["f.csv has no column for 'time' (it has: <?xml version=\"1.0\"?>). "]),
      text("<?xml version=\"1.0\"?>\n<prices><p d=\"2024-01-02\">10</p></prices>\n")),
    Malformed(
      "a message instead of prices",
      .refused(3, ["f.csv, line 1, column 1: there are no candles: neither lists of "]),
      text("{\"error\": \"API limit reached\"}\n")),
    Malformed(
      "a message in words",
      .refused(3, ["f.csv has no column for 'time' (it has: Thank you for using our "]),
      text("Thank you for using our API! Our standard rate limit is 25 requests per day.\n")),
  ]
}

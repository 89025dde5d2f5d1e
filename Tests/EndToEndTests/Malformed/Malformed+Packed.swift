extension Malformed {
  static let packed: [Malformed] = [
    Malformed(
      "gzip cut", .refused(3, ["f.csv.gz is a broken gzip file: it ends early, after 52 bytes of"]),
      Bytes(gzipped(closes()).dropLast(9)), file: "f.csv.gz"),
    Malformed(
      "gzip cut in its head",
      .refused(3, ["f.csv.gz is a broken gzip file: it ends early, after 0 bytes of "]),
      Bytes(gzipped(closes()).prefix(5)), file: "f.csv.gz"),
    Malformed(
      "gzip with a wrong sum",
      .refused(3, ["f.csv.gz is a broken gzip file: incorrect data check, after 53 b"]),
      gzipped(closes(), sum: 1), file: "f.csv.gz"),
    Malformed(
      "gzip with a wrong length",
      .refused(3, ["f.csv.gz is a broken gzip file: incorrect length check, after 53"]),
      gzipped(closes(), length: 1), file: "f.csv.gz"),
    Malformed(
      "gzip with garbage behind",
      .refused(3, ["f.csv.gz is a broken gzip file: something else follows the last "]),
      gzipped(closes()) + text("garbage"), file: "f.csv.gz"),
    Malformed(
      "gzip with zeros behind", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      gzipped(closes()) + Bytes(repeating: 0, count: 512), file: "f.csv.gz"),
    Malformed(
      "gzip of many members", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      gzipped(text("date,close\n")) + gzipped(text("2024-01-02,1"))
        + gzipped(text("0\n2024-01-03,11\n")), file: "f.csv.gz"),
    Malformed(
      "gzip with an empty member", .kept(1, [:], rows: ["2024-01-02 X 10"]),
      gzipped(text("date,close\n")) + gzipped([]) + gzipped(text("2024-01-02,10\n")) + gzipped([]),
      file: "f.csv.gz"),
    Malformed(
      "gzip of nothing",
      .refused(3, ["f.csv.gz is empty. A price file starts with a line of column nam"]),
      gzipped([]),
      file: "f.csv.gz"),
    Malformed(
      "gzip in gzip",
      .refused(3, ["f.csv.gz is not a text file: it holds binary data (a zero byte)."]),
      gzipped(gzipped(closes())), file: "f.csv.gz"),
    Malformed(
      "gzip without the name", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      gzipped(closes())),
    Malformed(
      "plain with the name of gzip", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      closes(), file: "f.csv.gz"),
    Malformed(
      "deflate damaged",
      .refused(3, ["f.csv.gz is a broken gzip file: invalid stored block lengths, af"]),
      gzipped(closes(), damage: 12), file: "f.csv.gz"),
  ]
}

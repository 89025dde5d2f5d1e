extension Malformed {
  static let packed: [Malformed] = [
    Malformed(
      "gzip cut", .refused(3, ["f.csv.gz is a broken gzip file: it ends early, after 52 bytes of"]),
      Bytes(packed(closes()).dropLast(9)), file: "f.csv.gz"),
    Malformed(
      "gzip cut in its head",
      .refused(3, ["f.csv.gz is a broken gzip file: it ends early, after 0 bytes of "]),
      Bytes(packed(closes()).prefix(5)), file: "f.csv.gz"),
    Malformed(
      "gzip with a wrong sum",
      .refused(3, ["f.csv.gz is a broken gzip file: incorrect data check, after 53 b"]),
      packed(closes(), sum: 1), file: "f.csv.gz"),
    Malformed(
      "gzip with a wrong length",
      .refused(3, ["f.csv.gz is a broken gzip file: incorrect length check, after 53"]),
      packed(closes(), length: 1), file: "f.csv.gz"),
    Malformed(
      "gzip with garbage behind",
      .refused(3, ["f.csv.gz is a broken gzip file: something else follows the last "]),
      packed(closes()) + text("garbage"), file: "f.csv.gz"),
    Malformed(
      "gzip with zeros behind", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      packed(closes()) + Bytes(repeating: 0, count: 512), file: "f.csv.gz"),
    Malformed(
      "gzip of many members", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      packed(text("date,close\n")) + packed(text("2024-01-02,1"))
        + packed(text("0\n2024-01-03,11\n")), file: "f.csv.gz"),
    Malformed(
      "gzip with an empty member", .kept(1, [:], rows: ["2024-01-02 X 10"]),
      packed(text("date,close\n")) + packed([]) + packed(text("2024-01-02,10\n")) + packed([]),
      file: "f.csv.gz"),
    Malformed(
      "gzip of nothing",
      .refused(3, ["f.csv.gz is empty. A price file starts with a line of column nam"]), packed([]),
      file: "f.csv.gz"),
    Malformed(
      "gzip in gzip",
      .refused(3, ["f.csv.gz is not a text file: it holds binary data (a zero byte)."]),
      packed(packed(closes())), file: "f.csv.gz"),
    Malformed(
      "gzip without the name", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      packed(closes())),
    Malformed(
      "plain with the name of gzip", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      closes(), file: "f.csv.gz"),
    Malformed(
      "deflate damaged",
      .refused(3, ["f.csv.gz is a broken gzip file: invalid stored block lengths, af"]),
      packed(closes(), damage: 12), file: "f.csv.gz"),
  ]
}

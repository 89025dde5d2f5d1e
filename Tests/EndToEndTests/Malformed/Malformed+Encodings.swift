extension Malformed {
  static let encodings: [Malformed] = [
    Malformed(
      "UTF-16 with an odd byte",
      .kept(
        3, ["field_count": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: ["5 date: 1 fields, where the header has 2"]), Bytes(utf16: goodCloses) + [0x41]),
    Malformed(
      "UTF-16 with a lone surrogate in a name",
      .kept(
        3, ["symbol": 1], rows: ["2024-01-03 B 11", "2024-01-04 B 11"],
        bad: ["2 symbol: the symbol holds a character that is none"]),
      Bytes(utf16: "date,symbol,close\n2024-01-02,A") + [0x00, 0xD8]
        + Bytes(utf16: ",10\n2024-01-02,B,10\n2024-01-03,B,11\n2024-01-04,B,11\n", mark: false),
      flags: ""),
    Malformed(
      "UTF-16 without a mark", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      Bytes(utf16: goodCloses, mark: false)),
    Malformed(
      "UTF-16 big-endian", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      Bytes(utf16: goodCloses, isBig: true)),
    Malformed(
      "UTF-16 cut inside the first line",
      .refused(3, ["f.csv has no column for 'time' (it has: da). Did you mean 'da'? "]),
      Bytes(utf16: "da")),
    Malformed(
      "UTF-32", .refused(3, ["f.csv is not a text file: it holds UTF-32 text. Save it as CSV i"]),
      Bytes(hex: "fffe0000 64000000 61000000 74000000 65000000")),
    Malformed(
      "header that is no UTF-8", .kept(3, [:], rows: ["2024-01-03 X 11 1", "2024-01-04 X 11 1"]),
      Bytes(
        hex:
          "64617465 2c636c6f 73652cff fe0a3230 32342d30 312d3032 2c31302c 310a3230 32342d30 312d3033 2c31312c 310a3230 32342d30 312d3034 2c31312c 310a"
      )),
    Malformed(
      "symbol that is no UTF-8",
      .kept(
        3, ["symbol": 1], rows: ["2024-01-04 A 11", "2024-01-05 A 11"],
        bad: ["3 symbol: the symbol is not UTF-8"]),
      Bytes(
        hex:
          "64617465 2c73796d 626f6c2c 636c6f73 650a3230 32342d30 312d3032 2c412c31 300a3230 32342d30 312d3033 2c41ff2c 31310a32 3032342d 30312d30 342c412c 31310a32 3032342d 30312d30 352c412c 31310a"
      ), flags: "--encoding UTF-8"),
    Malformed(
      "symbol in Latin-1", .kept(3, [:], rows: ["2024-01-03 Aä 11", "2024-01-04 Aä 11"]),
      Bytes(
        hex:
          "64617465 2c73796d 626f6c2c 636c6f73 650a3230 32342d30 312d3032 2c41e42c 31300a32 3032342d 30312d30 332c41e4 2c31310a 32303234 2d30312d 30342c41 e42c3131 0a"
      ), flags: ""),
    Malformed(
      "number that is no UTF-8",
      .kept(
        3, ["number": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: ["5 close: 'ÿþ' is not a number"]),
      Bytes(
        hex:
          "64617465 2c636c6f 73650a32 3032342d 30312d30 322c3130 0a323032 342d3031 2d30332c 31310a32 3032342d 30312d30 342c3132 0a323032 342d3031 2d30352c fffe0a"
      )),
    Malformed(
      "unknown text that is no UTF-8", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      Bytes(
        hex:
          "64617465 2c636c6f 73652c6e 6f74650a 32303234 2d30312d 30322c31 302cff0a 32303234 2d30312d 30332c31 312c800a"
      )),
    Malformed(
      "NUL in a number",
      .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      closes("2024-01-05,1\00\n")),
    Malformed(
      "NUL at the end of lines",
      .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      Bytes(closes().flatMap { $0 == 10 ? [0, 10] : [$0] })),
    Malformed(
      "NUL in the middle of a big file",
      .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      many(6000) + text("2020-01-01,1\u{0}0\n")),
    Malformed(
      "UTF-8 mark and a second one", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      text("﻿﻿date,close\n2024-01-02,10\n2024-01-03,11\n2024-01-04,12\n")),
    Malformed(
      "wrong --encoding", .refused(2, ["--encoding: 'UTF-17' is not known. Did you mean 'UTF-8'?"]),
      closes(), flags: "--symbol X --encoding UTF-17"),
    Malformed(
      "UTF-16 named for UTF-8",
      .refused(2, ["--encoding: 'UTF-16LE' is not known. Did you mean 'UTF-16 LE'?"]), closes(),
      flags: "--symbol X --encoding UTF-16LE"),
  ]
}

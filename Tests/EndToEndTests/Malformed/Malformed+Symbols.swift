extension Malformed {
  static let symbols: [Malformed] = [
    Malformed(
      "symbol with a line end",
      .refused(3, ["f.csv does not look right: 2 of 2 rows break a rule, first line "]),
      text("date,symbol,close\n2024-01-02,\"A\nB\",10\n2024-01-03,\"A\nB\",11\n"), flags: ""),
    Malformed(
      "symbol with a slash, blanks, an emoji",
      .kept(4, [:], rows: ["2024-01-03 BRK B 12", "2024-01-03 🚀 12"]),
      text(
        "date,symbol,close\n2024-01-02,a/../b,10\n2024-01-03, A ,11\n",
        "2024-01-03,🚀,12\n2024-01-03,BRK B,12\n"), flags: ""),
    Malformed(
      "symbol of 10,000 characters",
      .kept(
        2, ["symbol": 1], rows: ["2024-01-02 B 10", "2024-01-03 B 10"],
        bad: ["4 symbol: the symbol is longer than 256 bytes"]),
      text(
        "date,symbol,close\n2024-01-02,B,10\n2024-01-03,B,10\n2024-01-02,",
        String(repeating: "A", count: 10_000), ",10\n"), flags: ""),
    Malformed(
      "symbols that differ by case and blanks",
      .kept(
        3, ["duplicate": 1], rows: ["2024-01-02 abc 10", "2024-01-03 abc 1"],
        bad: ["4 date: ABC at 2024-01-02 stands already in line 3"]),
      text(
        "date,symbol,close\n2024-01-02,abc,10\n2024-01-02,ABC,11\n",
        "2024-01-02,ABC ,12\n2024-01-03,abc,1\n"), flags: ""),
    Malformed(
      "symbol that is empty",
      .kept(
        3, ["symbol": 2], rows: ["2024-01-03 A 11", "2024-01-04 A 11"],
        bad: ["3 symbol: the symbol is empty", "4 symbol: the symbol is empty"]),
      text(
        "date,symbol,close\n2024-01-02,A,10\n2024-01-02,,11\n2024-01-03,\"\",12\n",
        "2024-01-03,A,11\n2024-01-04,A,11\n"), flags: ""),
    Malformed(
      "symbol of numbers", .kept(2, [:], rows: ["2024-01-02 600519 10", "2024-01-03 600519 11"]),
      text("date,symbol,close\n2024-01-02,600519,10\n2024-01-03,600519,11\n"), flags: ""),
    Malformed(
      "symbol with a NUL",
      .refused(3, ["f.csv is not a text file: it holds binary data (a zero byte). Sa"]),
      text("date,symbol,close\n2024-01-02,A\0B,10\n2024-01-03,A,11\n2024-01-04,A,11\n"), flags: ""),
    Malformed(
      "symbol NaN and NA", .kept(3, [:], rows: ["2024-01-02 NaN 11", "2024-01-02 null 11"]),
      text("date,symbol,close\n2024-01-02,NA,10\n2024-01-02,NaN,11\n", "2024-01-02,null,11\n"),
      flags: ""),
    Malformed(
      "empty --symbol", .refused(2, ["--symbol: the value is empty."]), closes(), flags: "--symbol="
    ),
  ]
}

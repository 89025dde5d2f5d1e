extension Malformed {
  static let rules: [Malformed] = [
    Malformed(
      "zero and negative prices",
      .kept(
        3, ["positive_price": 2],
        rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: ["5 open: open 0.0 is not above zero", "6 low: low -9.0 is not above zero"]),
      bars("2024-01-05,0,12,9,11,1\n2024-01-06,10,12,-9,11,1\n")),
    Malformed(
      "negative prices, allowed",
      .kept(5, [:], rows: ["2024-01-05 X -10 12 -11 11 1", "2024-01-06 X 0 0 0 0 0"]),
      bars("2024-01-05,-10,12,-11,11,1\n2024-01-06,0,0,0,0,0\n"),
      flags: "--symbol X --negative-prices"),
    Malformed(
      "order of prices",
      .kept(
        3, ["price_order": 3],
        rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: [
          "5 low: low 9.0 lies above high 8.0", "6 open: open 13.0 lies above high 12.0",
          "7 close: close 8.5 lies below low 9.0",
        ]), bars("2024-01-05,10,8,9,10,1\n2024-01-06,13,12,9,11,1\n", "2024-01-07,10,12,9,8.5,1\n")),
    Malformed(
      "negative volume",
      .kept(
        3, ["volume": 1], rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: ["5 volume: volume -1.0 is negative"]), bars("2024-01-05,10,12,9,11,-1\n")),
    Malformed(
      "fraction of volume",
      .kept(4, [:], rows: ["2024-01-04 X 10 12 9 11 100", "2024-01-05 X 10 12 9 11 1.5"]),
      bars("2024-01-05,10,12,9,11,1.5\n")),
    Malformed(
      "duplicates",
      .kept(
        3, ["duplicate": 2], rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: [
          "5 date: X at 2024-01-04 stands already in line 4",
          "6 date: X at 2024-01-03 stands already in line 3",
        ]), bars("2024-01-04,10,12,9,11,100\n2024-01-03,10,12,9,11.5,100\n")),
    Malformed(
      "duplicates across files",
      .refused(3, ["g.csv does not look right: 2 of 3 rows break a rule, first line "]), closes(),
      others: ["g.csv": text("date,close\n2024-01-04,12\n2024-01-03,99\n2024-01-05,1\n")]),
    Malformed(
      "the same file twice",
      .refused(3, ["f.csv does not look right: 3 of 3 rows break a rule, first line "]), closes(),
      others: ["f.csv": nil]),
    Malformed(
      "newest first", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      text("date,close\n2024-01-04,12\n2024-01-03,11\n2024-01-02,10\n")),
    Malformed(
      "shuffled", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      text("date,close\n2024-01-04,12\n2024-01-02,10\n2024-01-03,11\n")),
    Malformed(
      "two symbols interleaved",
      .kept(
        4, ["duplicate": 1], rows: ["2024-01-03 A 2", "2024-01-03 B 11"],
        bad: ["6 date: A at 2024-01-03 stands already in line 5"]),
      text(
        "date,symbol,close\n2024-01-02,B,10\n2024-01-02,A,1\n2024-01-03,B,11\n",
        "2024-01-03,A,2\n2024-01-03,A,3\n"), flags: ""),
    Malformed(
      "most rows bad",
      .refused(3, ["f.csv does not look right: 2 of 3 rows break a rule, first line "]),
      text("date,close\n2024-01-02,10\n2024-01-03,x\n2024-01-04,y\n")),
    Malformed(
      "rejecting",
      .refused(3, ["f.csv, line 4, close: close -1.0 is not above zero. Mend the row"]),
      text("date,close\n2024-01-02,10\n2024-01-03,11\n2024-01-04,-1\n"),
      flags: "--symbol X --on-bad-row reject"),
    Malformed(
      "a row without values",
      .kept(4, [:], rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"]),
      bars("2024-01-05,,,,,\n")),
    Malformed(
      "a column without values", .kept(2, [:], rows: ["2024-01-02 X - 10", "2024-01-03 X - 11"]),
      text("date,open,close\n2024-01-02,,10\n2024-01-03,,11\n")),
    Malformed(
      "all closes missing", .kept(2, [:], rows: ["2024-01-02 X 10 -", "2024-01-03 X 11 -"]),
      text("date,open,close\n2024-01-02,10,\n2024-01-03,11,\n")),
  ]
}

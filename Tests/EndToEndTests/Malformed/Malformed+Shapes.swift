extension Malformed {
  static let shapes: [Malformed] = [
    Malformed(
      "a short row, a long row, an end",
      .kept(
        3, ["field_count": 3],
        rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: [
          "5 date: 3 fields, where the header has 6", "6 date: 7 fields, where the header has 6",
          "7 date: 7 fields, where the header has 6",
        ]), bars("2024-01-05,10,12\n2024-01-06,10,12,9,11,100,7\n", "2024-01-07,10,12,9,11,100,\n")),
    Malformed(
      "a delimiter at the end of all rows",
      .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date,close,\n2024-01-02,10,\n2024-01-03,11,\n")),
    Malformed(
      "a delimiter at the end of rows, not of the header",
      .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date,close\n2024-01-02,10,\n2024-01-03,11,\n")),
    Malformed(
      "a row cut off at the end",
      .kept(
        3, ["field_count": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: ["5 date: 1 fields, where the header has 2"]), closes("2024-01-05")),
    Malformed(
      "number cut off at the end",
      .kept(
        3, ["field_count": 1],
        rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: ["5 date: 5 fields, where the header has 6"]), bars("2024-01-05,10,12,9,1")),
    Malformed(
      "repeated headers inside", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date,close\n2024-01-02,10\ndate,close\n2024-01-03,11\ndate,close\n")),
    Malformed(
      "banner with delimiters", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      text(
        "Prices, daily, of ACME\nsource:, us, 2024\n\ndate,close\n2024-01-02,10\n",
        "2024-01-03,11\n2024-01-04,12\n")),
    Malformed(
      "comment in the middle", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date,close\n2024-01-02,10\n# halted, no trade\n2024-01-03,11\n")),
    Malformed(
      "footer",
      .kept(
        3, ["field_count": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: ["5 date: 1 fields, where the header has 2"]), closes("Source: exchange\n")),
    Malformed(
      "footer with delimiters",
      .kept(
        3, ["time": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: ["5 date: 'Total' is not a date or time like 2024-01-31 or 2"]), closes("Total,33\n")),
    Malformed(
      "same column twice",
      .refused(3, ["f.csv has more than one column for 'close'. Name the one to use:"]),
      text("date,close,close\n2024-01-02,10,20\n2024-01-03,11,21\n")),
    Malformed(
      "two columns for one meaning",
      .kept(2, [:], rows: ["2024-01-02 X 10 20", "2024-01-03 X 11 21"]),
      text("date,close,last\n2024-01-02,10,20\n2024-01-03,11,21\n")),
    Malformed(
      "two columns of time",
      .kept(2, [:], rows: ["2024-01-02T10:00:00Z X 10", "2024-01-03T10:00:00Z X 11"]),
      text(
        "date,time,timestamp,close\n2024-01-02,10:00,1704189600,10\n",
        "2024-01-03,10:00,1704276000,11\n")),
    Malformed(
      "header of numbers",
      .refused(3, ["f.csv has no header: its first line is '1,2,3'. Name the columns"]),
      text("1,2,3\n2024-01-02,10,1\n2024-01-03,11,1\n")),
    Malformed(
      "no time", .refused(3, ["f.csv has no column for 'time' (it has: open, close). Name it: -"]),
      text("open,close\n10,11\n10,12\n")),
    Malformed(
      "no close", .refused(3, ["f.csv has no column for 'close' (it has: date, open, high). Name"]),
      text("date,open,high\n2024-01-02,10,11\n2024-01-03,10,11\n")),
    Malformed(
      "no symbol", .kept(1, [:], rows: ["2024-01-02 Firm 10"]),
      text("date,name,close\n2024-01-02,Firm,10\n"), flags: ""),
    Malformed(
      "empty names of columns", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date,,close,\n2024-01-02,1,10,2\n2024-01-03,1,11,2\n")),
    Malformed(
      "no header",
      .kept(2, [:], rows: ["2024-01-02 X 10 12 9 11 100", "2024-01-03 X 10 12 9 11 100"]),
      text("2024-01-02,10,12,9,11,100\n2024-01-03,10,12,9,11,100\n")),
    Malformed(
      "one column",
      .refused(3, ["f.csv has no header: its first line is '10'. Name the columns by"]),
      text("close\n10\n11\n")),
    Malformed(
      "lone CR", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date,close\r2024-01-02,10\r2024-01-03,11\r")),
    Malformed(
      "mixed line ends", .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]),
      text("date,close\r\n2024-01-02,10\n2024-01-03,11\r2024-01-04,12\r\n")),
    Malformed(
      "blank and ragged lines",
      .kept(
        3, ["time": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 11"],
        bad: ["6 date: '' is not a date or time like 2024-01-31 or 2024-0"]),
      text("date,close\n\n2024-01-02,10\n   \n2024-01-03,11\n,\n2024-01-04,11\n")),
    Malformed(
      "delimiter that is not there",
      .refused(3, ["f.csv has no column for 'time' (it has: date,close). If another "]), closes(),
      flags: "--symbol X --delimiter semicolon"),
    Malformed(
      "column that is not there",
      .refused(3, ["f.csv has no column for 'Clsoe' of --columns", "Did you mean 'close'?"]),
      closes(),
      flags: "--symbol X --columns close=Clsoe"),
    Malformed(
      "column by position that is not there",
      .refused(2, ["--columns: '9' is no position; f.csv has columns 1 to 2."]), closes(),
      flags: "--symbol X --columns 9=close"),
    Malformed(
      "skip all lines", .refused(2, ["--skip-lines: '9' passes over the whole head of f.csv."]),
      closes(), flags: "--symbol X --skip-lines 9"),
    Malformed(
      "100,000 columns of numbers",
      .refused(3, ["f.csv has 100001 columns; of fields a panel has at most 2048. If"]),
      columns(100_000)),
    Malformed(
      "100,000 columns behind a time of another name",
      .refused(3, ["f.csv has 100001 columns; of fields a panel has at most 2048. If"]),
      columns(100_000, first: "x")),
  ]
}

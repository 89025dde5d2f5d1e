extension Malformed {
  static let numbers: [Malformed] = [
    Malformed(
      "values that are none",
      .kept(
        4, ["finite": 4], rows: ["2024-01-04 X 10 12 9 11 100", "2024-01-08 X 10 12 9 - 1"],
        bad: [
          "5 close: NaN is not finite; leave the cell empty where a v",
          "6 close: inf is not finite; leave the cell empty where a v",
          "7 close: 1e999 is not finite; leave the cell empty where a",
          "9 high: 1e400 is not finite; leave the cell empty where a ",
        ]),
      bars(
        "2024-01-05,10,12,9,NaN,1\n2024-01-06,10,12,9,inf,1\n",
        "2024-01-07,10,12,9,1e999,1\n2024-01-08,10,12,9,N/A,1\n", "2024-01-09,10,1e400,9,11,1\n")),
    Malformed(
      "hex, dots, blanks",
      .refused(3, ["f.csv does not look right: 6 of 9 rows break a rule, first line "]),
      bars(
        "2024-01-05,10,0x12,9,11,1\n2024-01-06,10,12,9,1.2.3,1\n",
        "2024-01-07,10,1 2,9,11,1\n2024-01-08,10,12,9,--11,1\n",
        "2024-01-09,10,12,9,1e,1\n2024-01-10,10,12,9,11e5.5,1\n")),
    Malformed(
      "signs of zero",
      .kept(
        4, ["positive_price": 1],
        rows: ["2024-01-04 X 10 12 9 11 100", "2024-01-06 X 10 12 9 11 0"],
        bad: ["5 close: close -0.0 is not above zero"]),
      bars("2024-01-05,10,12,9,-0,1\n2024-01-06,10,12,9,11,-0\n")),
    Malformed(
      "1,234 that is one of two things",
      .refused(3, ["f.csv, close: '1,234' may have decimals or thousands behind its "]),
      text("date,close\n2024-01-02,\"1,234\"\n2024-01-03,\"1,235\"\n")),
    Malformed(
      "thousands in the wrong places",
      .kept(
        4, ["number": 2], rows: ["2024-01-08 X 1234.5", "2024-01-09 X 1234.5"],
        bad: ["3 close: '1,23,4.5' is not a number", "4 close: '12,34.5' is not a number"]),
      text(
        "date,close\n2024-01-02,\"1,234.5\"\n2024-01-03,\"1,23,4.5\"\n",
        "2024-01-04,\"12,34.5\"\n2024-01-05,\"1,234.5\"\n2024-01-08,\"1,234.5\"\n",
        "2024-01-09,\"1,234.5\"\n")),
    Malformed(
      "thousands named, in the wrong places",
      .kept(
        2, ["number": 1], rows: ["2024-01-02 X 1234", "2024-01-04 X 1234"],
        bad: ["3 close: '1,23,4' is not a number"]),
      text("date,close\n2024-01-02,\"1,234\"\n2024-01-03,\"1,23,4\"\n2024-01-04,\"1,234\"\n"),
      flags: "--symbol X --decimal ."),
    Malformed(
      "decimal comma and delimiter comma",
      .refused(3, ["f.csv does not look right: 3 of 3 rows break a rule, first line "]),
      text("date,close\n2024-01-02,10,5\n2024-01-03,11,5\n2024-01-04,11,25\n")),
    Malformed(
      "decimal comma mixed with point",
      .refused(3, ["f.csv, close: '10,5' has a decimal comma, and other numbers have"]),
      text("date;close\n2024-01-02;10,5\n2024-01-03;11.5\n2024-01-04;12,5\n")),
    Malformed(
      "currency signs", .kept(3, [:], rows: ["2024-01-03 X 11.5", "2024-01-04 X 12.5"]),
      text("date,close\n2024-01-02,$10.50\n2024-01-03,€11.50\n2024-01-04,12.50\n")),
    Malformed(
      "percent", .kept(2, [:], rows: ["2024-01-02 X 10 0.015", "2024-01-03 X 11 -0.02"]),
      text("date,close,change\n2024-01-02,10,1.5%\n2024-01-03,11,-2%\n")),
    Malformed(
      "percent as price", .kept(2, [:], rows: ["2024-01-02 X 0.1", "2024-01-03 X 0.11"]),
      text("date,close\n2024-01-02,10%\n2024-01-03,11%\n")),
    Malformed(
      "parentheses",
      .kept(
        2, ["positive_price": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: ["2 close: close -10.5 is not above zero"]),
      text("date,close\n2024-01-02,(10.5)\n2024-01-03,11\n2024-01-04,12\n")),
    Malformed(
      "magnitudes", .kept(3, [:], rows: ["2024-01-03 X 11 2000", "2024-01-04 X 11 -"]),
      text("date,close,volume\n2024-01-02,10,1.5M\n2024-01-03,11,2K\n2024-01-04,11,-\n")),
    Malformed(
      "digits of another script",
      .kept(
        2, ["number": 1], rows: ["2024-01-02 X 10", "2024-01-04 X 11"],
        bad: ["3 close: '١٢' is not a number"]),
      text("date,close\n2024-01-02,10\n2024-01-03,١٢\n2024-01-04,11\n")),
    Malformed(
      "typographic minus and blanks",
      .kept(
        2, ["number": 1], rows: ["2024-01-02 X 10", "2024-01-04 X 1100.5"],
        bad: ["3 close: '\u{2212}11' is not a number"]),
      text("date,close\n2024-01-02,10\n2024-01-03,\u{2212}11\n2024-01-04,1\u{A0}100.5\n")),
    Malformed(
      "limits of double",
      .kept(
        4, ["positive_price": 1], rows: ["2024-01-05 X 0.1", "2024-01-08 X 10"],
        bad: ["4 close: close 0.0 is not above zero"]),
      text(
        "date,close\n2024-01-02,1.7976931348623157e308\n2024-01-03,5e-324\n",
        "2024-01-04,1e-400\n2024-01-05,0.1\n2024-01-08,10\n")),
    Malformed(
      "words for true",
      .kept(
        2, ["number": 1], rows: ["2024-01-03 X 10", "2024-01-04 X 11"],
        bad: ["2 close: 'true' is not a number"]),
      text("date,close\n2024-01-02,true\n2024-01-03,10\n2024-01-04,11\n")),
    Malformed(
      "formula of a spreadsheet",
      .kept(
        3, ["number": 2], rows: ["2024-01-05 X 10", "2024-01-08 X 10"],
        bad: ["3 close: '=1+1' is not a number", "4 close: '#REF!' is not a number"]),
      text(
        "date,close\n2024-01-02,10\n2024-01-03,=1+1\n2024-01-04,#REF!\n",
        "2024-01-05,10\n2024-01-08,10\n")),
    Malformed(
      "--missing", .kept(3, [:], rows: ["2024-01-02 X 10"]),
      text("date,close\n2024-01-02,10\n2024-01-03,-99.99\n2024-01-04,0\n"),
      flags: "--symbol X --missing 0,-99.99"),
  ]
}

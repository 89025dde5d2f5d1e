extension Malformed {
  static let wide: [Malformed] = [
    Malformed(
      "wide with a bad cell",
      .kept(
        16, ["number": 1, "positive_price": 1], rows: ["2024-01-03 AAA 1", "2024-01-03 CCC 3"],
        bad: ["3 BBB: 'x' is not a number", "4 CCC: close -3.0 is not above zero"]),
      text(
        "date,AAA,BBB,CCC\n2024-01-02,1,2,3\n2024-01-03,1,x,3\n2024-01-04,1,2,-3\n",
        "2024-01-05,1,2,3\n2024-01-08,1,2,3\n2024-01-09,1,2,3\n"), flags: "--field close"),
    Malformed(
      "wide with an empty column", .kept(2, [:], rows: ["2024-01-02 AAA 1", "2024-01-03 AAA 1"]),
      text("date,AAA,BBB\n2024-01-02,1,\n2024-01-03,1,\n"), flags: "--field close"),
    Malformed(
      "wide with a symbol twice",
      .kept(
        2, ["duplicate": 2], rows: ["2024-01-02 AAA 1", "2024-01-03 AAA 1"],
        bad: [
          "2 date: AAA at 2024-01-02 stands already in line 2",
          "3 date: AAA at 2024-01-03 stands already in line 3",
        ]), text("date,AAA,AAA\n2024-01-02,1,2\n2024-01-03,1,2\n"), flags: "--field close"),
    Malformed(
      "wide with a symbol without name",
      .kept(2, [:], rows: ["2024-01-02 AAA 1", "2024-01-03 AAA 1"]),
      text("date,AAA,\n2024-01-02,1,2\n2024-01-03,1,2\n"), flags: "--field close"),
    Malformed(
      "wide with a date twice",
      .kept(
        4, ["duplicate": 2], rows: ["2024-01-03 AAA 3", "2024-01-03 BBB 4"],
        bad: [
          "3 date: AAA at 2024-01-02 stands already in line 2",
          "3 date: BBB at 2024-01-02 stands already in line 2",
        ]), text("date,AAA,BBB\n2024-01-02,1,2\n2024-01-02,3,4\n2024-01-03,3,4\n"),
      flags: "--field close"),
    Malformed(
      "wide of returns",
      .refused(3, ["f.csv, AAA: '-0.01' is no close, which is what the columns of a "]),
      text("date,AAA,BBB\n2024-01-02,0.01,-0.02\n2024-01-03,-0.01,0.01\n"), flags: ""),
  ]
}

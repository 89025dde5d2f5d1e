extension Malformed {
  static let candles: [Malformed] = [
    Malformed(
      "JSON cut", .refused(3, ["f.json, line 1, column 149: the end of the file stands where ','"]),
      text(
        "[[1704153600000, \"10\", \"12\", \"9\", \"11\", \"100\"], [17042400000",
        "00, \"10\", \"12\", \"9\", \"11\", \"100\"], [1704326400000, \"10\", \"12",
        "\", \"9\", \"11\", \"100\"], [17044"), file: "f.json"),
    Malformed(
      "JSON with text behind",
      .refused(3, ["f.json, line 1, column 190: 'x' is no value of JSON."]),
      text(
        "[[1704153600000, \"10\", \"12\", \"9\", \"11\", \"100\"], [17042400000",
        "00, \"10\", \"12\", \"9\", \"11\", \"100\"], [1704326400000, \"10\", \"12",
        "\", \"9\", \"11\", \"100\"], [1704412800000, \"10\", \"12\", \"9\", \"11\",",
        " \"100\"]] x"), file: "f.json"),
    Malformed(
      "JSON nested 100,000 deep",
      .refused(3, ["f.json, line 1, column 66: brackets are nested deeper than 64 le"]),
      text(String(repeating: "[", count: 100_000)), file: "f.json"),
    Malformed(
      "JSON nested deep and closed",
      .refused(3, ["f.json, line 1, column 66: brackets are nested deeper than 64 le"]),
      text(String(repeating: "[", count: 5000), String(repeating: "]", count: 5000)), file: "f.json"
    ),
    Malformed(
      "JSON empty list",
      .refused(3, ["f.json, line 1, column 1: there are no candles: neither lists of"]), text("[]"),
      file: "f.json"),
    Malformed(
      "JSON empty object",
      .refused(3, ["f.json, line 1, column 1: there are no candles: neither lists of"]), text("{}"),
      file: "f.json"),
    Malformed(
      "JSON of other things",
      .refused(3, ["f.json, line 1, column 1: there are no candles: neither lists of"]),
      text("{\"a\":{\"b\":[1,2,{\"c\":null}]}}"), file: "f.json"),
    Malformed(
      "JSON with wrong types",
      .kept(
        5, ["number": 2, "time": 1], rows: ["2024-01-09 X 12", "2024-01-10 X 12"],
        bad: [
          "3 close: 'true' is not a number", "4 close: '[…]' is not a number",
          "6 date: '' is not a date or time like 2024-01-31 or 2024-0",
        ]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":10},{\"date\":\"2024-01-03\",\"clos",
        "e\":true},{\"date\":\"2024-01-04\",\"close\":[1]},{\"date\":\"2024-01-",
        "05\",\"close\":null},{\"date\":null,\"close\":11},{\"date\":\"2024-01-",
        "08\",\"close\":12},{\"date\":\"2024-01-09\",\"close\":12},{\"date\":\"20",
        "24-01-10\",\"close\":12}]"), file: "f.json"),
    Malformed(
      "JSON with huge numbers",
      .kept(
        3, ["finite": 2], rows: ["2024-01-05 X 11", "2024-01-06 X 12"],
        bad: [
          "2 close: 1e999 is not finite; leave the cell empty where a",
          "3 close: 1000000000000000000000000000000000000000 is not f",
        ]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":1e999},{\"date\":\"2024-01-03\",\"c",
        "lose\":100000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000000000000},{\"date\":\"20",
        "24-01-04\",\"close\":11},{\"date\":\"2024-01-05\",\"close\":11},{\"dat",
        "e\":\"2024-01-06\",\"close\":12}]"), file: "f.json"),
    Malformed(
      "JSON with a key twice",
      .refused(3, ["f.json, line 1, column 34: the key 'close' stands twice in it."]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":10,\"close\":20},{\"date\":\"2024-0",
        "1-03\",\"close\":11}]"), file: "f.json"),
    Malformed(
      "JSON with NaN",
      .kept(
        1, ["finite": 1], rows: ["2024-01-03 X 11"],
        bad: ["2 close: NaN is not finite; leave the cell empty where a v"]),
      text("[{\"date\":\"2024-01-02\",\"close\":NaN},{\"date\":\"2024-01-03\",\"close\":11}]"),
      file: "f.json"),
    Malformed(
      "JSON candle of 3 values",
      .kept(
        3, ["field_count": 1],
        rows: ["2024-01-03 X 10 12 9 11 100", "2024-01-04 X 10 12 9 11 100"],
        bad: ["4 time: 3 fields, where the header has 6"]),
      text(
        "[[1704153600000, \"10\", \"12\", \"9\", \"11\", \"100\"], [17042400000",
        "00, \"10\", \"12\", \"9\", \"11\", \"100\"], [1704326400000, \"10\", \"12",
        "\", \"9\", \"11\", \"100\"], [1704412800000, \"10\", \"12\"]]"), file: "f.json"),
    Malformed(
      "JSON candles of 3 values",
      .refused(3, ["f.json has no header: its first line is '1704153600000,10,12'. N"]),
      text(
        "[[1704153600000, \"10\", \"12\"], [1704240000000, \"10\", \"12\"], [",
        "1704326400000, \"10\", \"12\"], [1704412800000, \"10\", \"12\"]]"), file: "f.json"),
    Malformed(
      "JSON with keys that lack",
      .kept(
        3, ["time": 1], rows: ["2024-01-02 X 10", "2024-01-04 X 11"],
        bad: ["4 date: '' is not a date or time like 2024-01-31 or 2024-0"]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":10},{\"date\":\"2024-01-03\"},{\"cl",
        "ose\":11},{\"date\":\"2024-01-04\",\"close\":11}]"), file: "f.json"),
    Malformed(
      "JSON lists of other lengths",
      .refused(3, ["f.json, line 1, column 45: 'close' has 3 values, and 'date' has "]),
      text("{\"date\":[\"2024-01-02\",\"2024-01-03\"],\"close\":[10,11,12]}"), file: "f.json"),
    Malformed(
      "JSON with text in a number",
      .kept(
        2, ["number": 1], rows: ["2024-01-03 X 11", "2024-01-04 X 11"],
        bad: ["2 close: 'abc' is not a number"]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":\"abc\"},{\"date\":\"2024-01-03\",\"c",
        "lose\":11},{\"date\":\"2024-01-04\",\"close\":11}]"), file: "f.json"),
    Malformed(
      "JSON with bad escapes",
      .kept(
        2, ["symbol": 1], rows: ["2024-01-02 B 10", "2024-01-03 B 10"],
        bad: ["2 symbol: the symbol holds a character that is none"]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":10,\"symbol\":\"\\ud800\"},{\"date\":",
        "\"2024-01-02\",\"close\":10,\"symbol\":\"B\"},{\"date\":\"2024-01-03\",\"",
        "close\":10,\"symbol\":\"B\"}]"), flags: "", file: "f.json"),
    Malformed(
      "JSON with an escape that is none",
      .refused(3, ["f.json does not look right: 1 of 1 rows break a rule, first line"]),
      text("[{\"date\":\"2024-01-02\",\"close\":10,\"symbol\":\"\\q\"}]"), flags: "", file: "f.json"
    ),
    Malformed(
      "JSON with a comma too many",
      .refused(3, ["f.json, line 1, column 35: ']' stands where a value is expected."]),
      text("[{\"date\":\"2024-01-02\",\"close\":10},]"), file: "f.json"),
    Malformed(
      "JSON with a symbol of two lines",
      .kept(
        1, ["symbol": 1], rows: ["2024-01-03 A 10"],
        bad: ["2 symbol: the symbol holds a character that is none"]),
      text(
        "[{\"date\":\"2024-01-02\",\"close\":10,\"symbol\":\"A\\nB,\\\"C\"},{\"date",
        "\":\"2024-01-03\",\"close\":10,\"symbol\":\"A\"}]"), flags: "", file: "f.json"),
    Malformed(
      "JSON and CSV together",
      .refused(2, ["FILE: 'g.csv' is no JSON, and f.json is not the same. Import the"]),
      text(
        "[[1704153600000, \"10\", \"12\", \"9\", \"11\", \"100\"], [17042400000",
        "00, \"10\", \"12\", \"9\", \"11\", \"100\"], [1704326400000, \"10\", \"12",
        "\", \"9\", \"11\", \"100\"], [1704412800000, \"10\", \"12\", \"9\", \"11\",", " \"100\"]]"),
      file: "f.json", others: ["g.csv": closes()]),
    Malformed(
      "JSON with a flag of CSV", .refused(2, ["--delimiter: ';' is for CSV, and f.json is JSON."]),
      text(
        "[[1704153600000, \"10\", \"12\", \"9\", \"11\", \"100\"], [17042400000",
        "00, \"10\", \"12\", \"9\", \"11\", \"100\"], [1704326400000, \"10\", \"12",
        "\", \"9\", \"11\", \"100\"], [1704412800000, \"10\", \"12\", \"9\", \"11\",", " \"100\"]]"),
      flags: "--symbol X --delimiter semicolon", file: "f.json"),
  ]
}

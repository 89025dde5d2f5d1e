extension Malformed {
  static let flags: [Malformed] = [
    Malformed(
      "--symbol and --symbol-from-filename",
      .refused(2, ["--symbol: contradicts --symbol-from-filename"]), closes(),
      flags: "--symbol X --symbol-from-filename"),
    Malformed(
      "--decimal and --thousands the same",
      .refused(2, ["--thousands: contradicts --decimal, which is the same"]), closes(),
      flags: "--symbol X --decimal , --thousands ,"),
    Malformed(
      "--decimal and --delimiter the same",
      .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]), closes(),
      flags: "--symbol X --decimal , --delimiter ,"),
    Malformed(
      "--thousands and --delimiter the same",
      .refused(3, ["f.csv has no column for 'time' (it has: date,close). If another "]), closes(),
      flags: "--symbol X --thousands ; --delimiter ;"),
    Malformed(
      "--field and --symbol",
      .refused(2, ["--field: is for files with a column a symbol, and another flag g"]), closes(),
      flags: "--symbol X --field close"),
    Malformed(
      "--append and --force", .refused(2, ["--force: replaces the panel, and --append keeps it"]),
      closes(), flags: "--symbol X --append --force"),
    Malformed(
      "--revise without --append", .refused(2, ["--revise: needs --append"]), closes(),
      flags: "--symbol X --revise"),
    Malformed(
      "--frequency 0d", .refused(2, ["--frequency: '0d' is no length of a bar"]), closes(),
      flags: "--symbol X --frequency 0d"),
    Malformed(
      "--frequency longer than the steps",
      .kept(3, [:], rows: ["2024-01-03 X 11", "2024-01-04 X 12"]), closes(),
      flags: "--symbol X --frequency 1w"),
    Malformed(
      "--fold with UTC", .refused(2, ["--fold: contradicts --time-zone UTC, which has none"]),
      closes(), flags: "--symbol X --fold later --time-zone UTC"),
    Malformed("a folder for a file", .refused(3, [". cannot be read: is a directory."]), file: "."),
    Malformed(
      "a file that is not there",
      .refused(3, ["nofile.csv cannot be read: no such file or directory."]), file: "nofile.csv"),
    Malformed(
      "LEAN for text of its own",
      .kept(3, [:], rows: ["2024-01-03 X 0.0011", "2024-01-04 X 0.0012"]), closes(),
      flags: "--symbol X --format lean"),
    Malformed(
      "JSON format for CSV", .refused(3, ["f.csv, line 1, column 1: 'date' is no value of JSON."]),
      closes(), flags: "--symbol X --format json"),
    Malformed(
      "CSV format for JSON",
      .refused(3, ["f.json has no column for 'time' (it has: [[1704153600000, \"10\", "]),
      text(
        "[[1704153600000, \"10\", \"12\", \"9\", \"11\", \"100\"], [17042400000",
        "00, \"10\", \"12\", \"9\", \"11\", \"100\"], [1704326400000, \"10\", \"12",
        "\", \"9\", \"11\", \"100\"], [1704412800000, \"10\", \"12\", \"9\", \"11\",", " \"100\"]]"),
      flags: "--symbol X --format csv", file: "f.json"),
    Malformed(
      "unknown format", .refused(2, ["--format: 'parquet' is not known."]), closes(),
      flags: "--symbol X --format parquet"),
    Malformed(
      "panel with a slash",
      .refused(3, ["panel 'a/b' can't be stored: a name needs 1 to 255 bytes, no sla"]), closes(),
      flags: "--symbol X --panel a/b"),
    Malformed(
      "panel without a name", .refused(2, ["--panel: the value is empty."]), closes(),
      flags: "--symbol X --panel="),
    Malformed(
      "calendar unknown",
      .refused(2, ["--calendar: 'us_equty' is not known. Did you mean 'us_equity'? T"]), closes(),
      flags: "--symbol X --calendar us_equty"),
    Malformed(
      "calendar with a bad line",
      .refused(2, ["--calendar: 'my.calendar' is no calendar: line 3: 'foo' is not k"]), closes(),
      flags: "--symbol X --calendar my.calendar",
      others: ["@my.calendar": text("calendar mine\nzone UTC\nfoo bar\n")]),
    Malformed(
      "calendar with an unknown zone",
      .refused(2, ["--calendar: 'my.calendar' is no calendar: line 3: the file has n"]), closes(),
      flags: "--symbol X --calendar my.calendar",
      others: ["@my.calendar": text("calendar mine\nzone Mars/Base\n")]),
    Malformed(
      "calendar that is binary", .refused(2, ["--calendar: 'my.calendar' is not text in UTF-8."]),
      closes(), flags: "--symbol X --calendar my.calendar",
      others: [
        "@my.calendar": text(
          "\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}\0\u{1}"
        )
      ]),
  ]
}

extension Malformed {
  static let nothing: [Malformed] = [
    Malformed(
      "no bytes", .refused(3, ["f.csv is empty. A price file starts with a line of column names."]),
      text("")),
    Malformed(
      "one byte", .refused(3, ["f.csv has no column for 'time' (it has: x). If another character"]),
      text("x")),
    Malformed(
      "a byte order mark alone",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]), text("﻿")),
    Malformed(
      "line ends alone",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]),
      text("\n\r\n\n")),
    Malformed(
      "blanks alone",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]),
      text("  \t \n   \n")),
    Malformed(
      "quotes alone",
      .refused(3, ["f.csv has no column for 'close' (it has: \"\"). If another charact"]),
      text("\"\"\"\"\"\"\n\"\"")),
    Malformed(
      "one quote",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]), text("\"")),
    Malformed(
      "a header alone", .refused(3, ["f.csv has a header but no row to import."]),
      text("date,close\n")),
    Malformed(
      "a header without a line end", .refused(3, ["f.csv has a header but no row to import."]),
      text("date,close")),
    Malformed(
      "delimiters alone",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]),
      text(",,,\n,,,\n,,,\n")),
    Malformed(
      "a header and blank lines", .refused(3, ["f.csv has a header but no row to import."]),
      text("date,close\n\n\n\n")),
    Malformed(
      "the same header three times", .refused(3, ["f.csv has a header but no row to import."]),
      text("date,close\ndate,close\ndate,close\n")),
  ]
}

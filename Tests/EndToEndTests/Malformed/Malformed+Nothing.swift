extension Malformed {
  static let nothing: [Malformed] = [
    Malformed(
      "no bytes", .refused(3, ["f.csv is empty. A price file starts with a line of column names."]),
      ""),
    Malformed(
      "one byte", .refused(3, ["f.csv has no column for 'time' (it has: x). If another character"]),
      "x"),
    Malformed(
      "a byte order mark alone",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]), "﻿"),
    Malformed(
      "line ends alone",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]), "\n\r\n\n"),
    Malformed(
      "blanks alone",
      .refused(3, ["f.csv has no column for 'close' (it has: , ). Name it: --columns"]),
      "  \t \n   \n"),
    Malformed(
      "quotes alone",
      .refused(3, ["f.csv has no column for 'close' (it has: \"\"). If another charact"]),
      "\"\"\"\"\"\"\n\"\""),
    Malformed(
      "one quote",
      .refused(3, ["f.csv is empty. A price file starts with a line of column names."]), "\""),
    Malformed(
      "a header alone", .refused(3, ["f.csv has a header but no row to import."]), "date,close\n"),
    Malformed(
      "a header without a line end", .refused(3, ["f.csv has a header but no row to import."]),
      "date,close"),
    Malformed(
      "delimiters alone",
      .refused(3, ["f.csv has no column for 'time' (it has: , , , ). Name it: --colu"]),
      ",,,\n,,,\n,,,\n"),
    Malformed(
      "a header and blank lines", .refused(3, ["f.csv has a header but no row to import."]),
      "date,close\n\n\n\n"),
    Malformed(
      "the same header three times", .refused(3, ["f.csv has a header but no row to import."]),
      "date,close\ndate,close\ndate,close\n"),
  ]
}

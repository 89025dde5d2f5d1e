extension Malformed {
  static let quotes: [Malformed] = [
    Malformed(
      "quote unclosed at the start",
      .refused(3, ["f.csv, line 1: a quoted field never ends. Close it, or double qu"]),
      text("\"date,close\n2024-01-02,10\n2024-01-03,11\n2024-01-04,12\n")),
    Malformed(
      "quote unclosed in the middle",
      .refused(3, ["f.csv, line 2: a quoted field never ends. Close it, or double qu"]),
      text(
        "date,symbol,name,close\n2024-01-02,A,\"Firm,10\n2024-01-03,A,Firm,10\n",
        "2024-01-04,A,Firm,10\n"), flags: ""),
    Malformed(
      "quote unclosed at the end",
      .refused(3, ["f.csv, line 3: a quoted field never ends. Close it, or double qu"]),
      text("date,symbol,name,close\n2024-01-02,A,Firm,10\n2024-01-03,A,Firm,\"10"), flags: ""),
    Malformed(
      "text behind a quote",
      .kept(
        2, ["quotes": 1], rows: ["2024-01-02 A 10", "2024-01-04 A 10"],
        bad: ["3 date: text follows a closing quote"]),
      text(
        "date,symbol,name,close\n2024-01-02,A,Firm,10\n2024-01-03,A,\"Fi\"rm,10\n",
        "2024-01-04,A,Firm,10\n"), flags: ""),
    Malformed(
      "line ends and delimiters in quotes",
      .kept(
        2, ["number": 1], rows: ["2024-01-02 A 10", "2024-01-03 A 11"],
        bad: ["9 close: 'x' is not a number"]),
      text(
        "date,symbol,name,close\n2024-01-02,A,\"Fi\nrm, \"\"Inc\"\"\r\n\",10\n",
        "2024-01-03,A,\"a\n\n\nb\",11\n2024-01-04,A,F,x\n"), flags: ""),
    Malformed(
      "quote within a field", .kept(2, [:], rows: ["2024-01-02 A 10", "2024-01-03 A 11"]),
      text("date,symbol,name,close\n2024-01-02,A,5\" pipes,10\n", "2024-01-03,A,5\" pipes,11\n"),
      flags: ""),
    Malformed(
      "single quotes",
      .refused(3, ["f.csv does not look right: 2 of 2 rows break a rule, first line "]),
      text("date,close\n'2024-01-02','10'\n'2024-01-03','11'\n")),
    Malformed(
      "whole rows in quotes",
      .refused(3, ["f.csv has no column for 'time' (it has: date,close). If another "]),
      text("\"date,close\"\n\"2024-01-02,10\"\n\"2024-01-03,11\"\n")),
    Malformed(
      "blanks around quotes", .kept(2, [:], rows: ["2024-01-02 X 10", "2024-01-03 X 11"]),
      text("date, close\n2024-01-02, \"10\"\n2024-01-03, \"11\" \n")),
    Malformed(
      "backslash before a quote",
      .kept(
        2, ["quotes": 1], rows: ["2024-01-03 A 11", "2024-01-04 A 11"],
        bad: ["2 date: text follows a closing quote"]),
      text(
        "date,symbol,name,close\n2024-01-02,A,\"Fi\\\"rm\",10\n2024-01-03,A,F,11\n",
        "2024-01-04,A,F,11\n"), flags: ""),
  ]
}

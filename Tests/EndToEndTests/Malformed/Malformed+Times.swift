extension Malformed {
  static let times: [Malformed] = [
    Malformed(
      "days that are none",
      .kept(
        3, ["time": 3], rows: ["2024-01-03 X 11", "2024-01-04 X 12"],
        bad: [
          "5 date: '2024-02-30' is not a date or time like 2024-01-31",
          "6 date: '2023-02-29' is not a date or time like 2024-01-31",
          "7 date: '2024-13-01' is not a date or time like 2024-01-31",
        ]), closes("2024-02-30,10\n2023-02-29,10\n2024-13-01,10\n")),
    Malformed(
      "31 April",
      .kept(
        3, ["time": 1], rows: ["2024-05-01 X 12", "2024-05-13 X 12"],
        bad: ["3 date: '31/04/2024' is not a date like 31/01/2024, the da"]),
      text("date,close\n30/04/2024,10\n31/04/2024,11\n01/05/2024,12\n13/05/2024,12\n")),
    Malformed(
      "day or month",
      .refused(3, ["f.csv, date: '01/02/2024' can have the day or the month first, a"]),
      text("date,close\n01/02/2024,10\n02/03/2024,11\n03/04/2024,12\n")),
    Malformed(
      "day or month, told", .kept(3, [:]),
      text("date,close\n01/02/2024,10\n02/03/2024,11\n03/04/2024,12\n"),
      flags: "--symbol X --date-format dmy"),
    Malformed(
      "day and month contradict late",
      .refused(3, ["f.csv, date: '13/01/2024' and '01/13/2024': some dates have the "]),
      text(
        "date,close\n13/01/2024,10\n14/01/2024,10\n15/01/2024,10\n16/01/2024,10\n",
        "17/01/2024,10\n18/01/2024,10\n19/01/2024,10\n20/01/2024,10\n",
        "21/01/2024,10\n22/01/2024,10\n23/01/2024,10\n24/01/2024,10\n",
        "25/01/2024,10\n26/01/2024,10\n27/01/2024,10\n28/01/2024,10\n", "01/13/2024,10\n")),
    Malformed(
      "day or month, told by the last row only", .kept(3001, [:]),
      slashes(3000) + text("25/12/2020,10\n")),
    Malformed(
      "day or month, contradicted in the last rows",
      .kept(3001, ["time": 1], bad: ["3003 date: '12/25/2020' is not a date like 31/01/2024, the"]),
      slashes(3000) + text("25/12/2020,10\n12/25/2020,10\n")),
    Malformed(
      "two forms mixed",
      .kept(
        3, ["time": 1], rows: ["2024-01-03 X 11", "2024-01-05 X 11"],
        bad: ["4 date: '04.01.2024' is not a date or time like 2024-01-31"]),
      text("date,close\n2024-01-02,10\n2024-01-03,11\n04.01.2024,11\n2024-01-05,11\n")),
    Malformed(
      "years out of range",
      .kept(
        5, ["time": 5], rows: ["2024-01-04 X 12", "2261-12-31 X 10"],
        bad: [
          "5 date: '1677-09-20' is not a date or time like 2024-01-31",
          "6 date: '2262-04-12' is not a date or time like 2024-01-31",
          "7 date: '0001-01-01' is not a date or time like 2024-01-31",
          "8 date: '9999-12-31' is not a date or time like 2024-01-31",
          "11 date: '-2024-01-01' is not a date or time like 2024-01-",
        ]),
      closes(
        "1677-09-20,10\n2262-04-12,10\n0001-01-01,10\n9999-12-31,10\n",
        "1678-01-01,10\n2261-12-31,10\n-2024-01-01,10\n")),
    Malformed(
      "24:00, 25:00, :60",
      .kept(
        4, ["time": 4], rows: ["2024-01-05T00:01:00Z X 1", "2024-01-05T00:02:00Z X 1"],
        bad: [
          "3 date: '2024-01-02 24:00:00' is not a date or time like 2",
          "4 date: '2024-01-03 25:00:00' is not a date or time like 2",
          "5 date: '2016-12-31 23:59:60' is not a date or time like 2",
          "6 date: '2016-12-31 23:60:00' is not a date or time like 2",
        ]),
      text(
        "date,close\n2024-01-02 10:00:00,10\n2024-01-02 24:00:00,11\n",
        "2024-01-03 25:00:00,11\n2016-12-31 23:59:60,12\n2016-12-31 23:60:00,12\n",
        "2024-01-05 00:00:00,1\n2024-01-05 00:01:00,1\n2024-01-05 00:02:00,1\n")),
    Malformed(
      "gap of summer time",
      .kept(
        2, ["time": 1], rows: ["2024-03-10T06:30:00Z X 10", "2024-03-10T07:30:00Z X 12"],
        bad: ["3 date: '2024-03-10 02:30:00' was skipped by the clocks of"]),
      text(
        "date,close\n2024-03-10 01:30:00,10\n2024-03-10 02:30:00,11\n", "2024-03-10 03:30:00,12\n"),
      flags: "--symbol X --time-zone America/New_York --frequency 30m"),
    Malformed(
      "fold of winter time",
      .kept(6, [:], rows: ["2024-11-03T06:00:00Z X 12", "2024-11-03T06:30:00Z X 13"]),
      text(
        "date,close\n2024-11-03 00:30:00,9\n2024-11-03 01:00:00,10\n",
        "2024-11-03 01:30:00,11\n2024-11-03 01:00:00,12\n2024-11-03 01:30:00,13\n",
        "2024-11-03 02:00:00,14\n"),
      flags: "--symbol X --time-zone America/New_York --frequency 30m"),
    Malformed(
      "fold, shuffled",
      .kept(
        3, ["time": 1], rows: ["2024-11-03T04:30:00Z X 9", "2024-11-03T07:00:00Z X 14"],
        bad: ["2 date: the clocks of America/New_York showed this time tw"]),
      text(
        "date,close\n2024-11-03 01:30:00,11\n2024-11-03 00:30:00,9\n",
        "2024-11-03 02:00:00,14\n2024-11-03 00:00:00,9\n"),
      flags: "--symbol X --time-zone America/New_York --frequency 30m"),
    Malformed(
      "fold, told",
      .kept(3, [:], rows: ["2024-11-03T06:30:00Z X 11", "2024-11-03T07:00:00Z X 14"]),
      text(
        "date,close\n2024-11-03 01:30:00,11\n2024-11-03 00:30:00,9\n", "2024-11-03 02:00:00,14\n"),
      flags: "--symbol X --time-zone America/New_York --frequency 30m --fold later"),
    Malformed(
      "offsets",
      .kept(
        4, ["time": 2], rows: ["2024-01-02T10:00:00Z X 12", "2024-01-02T15:00:00Z X 11"],
        bad: [
          "4 date: '2024-01-02T10:00:00+25:00' is not a date or time ",
          "5 date: '2024-01-02T10:00:00+01:75' is not a date or time ",
        ]),
      text(
        "date,close\n2024-01-02T10:00:00+01:00,10\n2024-01-02T10:00:00-05:00,11\n",
        "2024-01-02T10:00:00+25:00,12\n2024-01-02T10:00:00+01:75,12\n",
        "2024-01-02T10:00:00Z,12\n2024-01-02T10:00:00+14:00,12\n")),
    Malformed(
      "zone unknown",
      .refused(
        2,
        ["--time-zone: 'America/New_Yrok' is no time zone", "Did you mean 'America/New_York'?"]),
      closes(),
      flags: "--symbol X --time-zone America/New_Yrok"),
    Malformed(
      "seconds mixed with milliseconds",
      .kept(4, [:], rows: ["2024-01-02T10:02:00Z X 12", "2024-01-02T10:03:00Z X 13"]),
      text("timestamp,close\n1704189600,10\n1704189660,11\n1704189720000,12\n", "1704189780,13\n")),
    Malformed(
      "epoch negative",
      .refused(3, ["f.csv, timestamp: '-86400' is no time of a known form. Say which"]),
      text("timestamp,close\n-86400,10\n-172800,11\n-259200,12\n")),
    Malformed(
      "epoch negative, told", .kept(3, [:], rows: ["1969-12-30 X 11", "1969-12-31 X 10"]),
      text("timestamp,close\n-86400,10\n-172800,11\n-259200,12\n"),
      flags: "--symbol X --date-format epoch-s"),
    Malformed(
      "epoch out of range",
      .kept(
        3, ["time": 1], rows: ["2024-01-02T10:01:00Z X 11", "2024-01-02T10:02:00Z X 13"],
        bad: ["4 timestamp: '99999999999999999999' is no count of s, ms, "]),
      text(
        "timestamp,close\n1704189600,10\n1704189660,11\n99999999999999999999,12\n",
        "1704189720,13\n")),
    Malformed(
      "epoch with fractions",
      .kept(2, [:], rows: ["2024-01-02T10:00:00.500Z X 10", "2024-01-02T10:00:01.500Z X 11"]),
      text("timestamp,close\n1704189600.5,10\n1704189601.5,11\n")),
    Malformed(
      "serials of Excel",
      .refused(3, ["f.csv, date: '45293' is no time of a known form. Say which: --da"]),
      text("date,close\n45293,10\n45294,11\n45295,12\n")),
    Malformed(
      "serials of Excel, told",
      .kept(
        3, ["time": 3], rows: ["2024-01-03T12:00:00Z X 11", "2024-01-04 X 10"],
        bad: [
          "4 date: '60' is not the number of a day, from 61 (1900-03-",
          "5 date: '-1' is not the number of a day, from 61 (1900-03-",
          "6 date: '3000000' is not the number of a day, from 61 (190",
        ]), text("date,close\n45293,10\n45294.5,11\n60,12\n-1,12\n3000000,10\n45295,10\n"),
      flags: "--symbol X --date-format excel"),
    Malformed(
      "compact dates",
      .refused(3, ["f.csv, date: '20240102' is no time of a known form. Say which: -"]),
      text("date,close\n20240102,10\n20240103,11\n20240230,12\n")),
    Malformed(
      "years of two digits",
      .refused(3, ["f.csv, date: '01/13/24' can be read as %d/%m/%y or %m/%d/%y or %"]),
      text("date,close\n01/13/24,10\n01/14/24,11\n")),
    Malformed(
      "pattern that fits nothing",
      .refused(3, ["f.csv does not look right: 3 of 3 rows break a rule, first line "]), closes(),
      flags: "--symbol X --date-format %d.%m.%Y"),
    Malformed(
      "pattern that is none",
      .refused(2, ["--date-format: '%Q' holds %Q, which is not known; these are: %Y "]), closes(),
      flags: "--symbol X --date-format %Q"),
    Malformed(
      "dates in words",
      .kept(
        3, ["time": 1], rows: ["2024-01-03 X 11", "2024-01-05 X 1"],
        bad: ["4 date: 'Foo 4 2024' is not a date like Jan 31, 2024 or 31"]),
      text("date,close\nJan 2 2024,10\nJan 3 2024,11\nFoo 4 2024,11\nJan 5 2024,1\n")),
  ]
}

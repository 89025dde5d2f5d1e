import Jobs
import Testing

@Suite struct JSON5Tests {
  /// A value by hand; places are left out of the comparison.
  private static func text(_ json: JSON5) -> String {
    json.json(indent: 0).replacing("\n", with: "").replacing("  ", with: "")
  }

  @Test(
    "what the format allows, as plain JSON",
    arguments: [
      ("null", "null"), ("true", "true"), ("false", "false"),
      ("// first\n1 // last", "1"), ("/* a * / b **/ 1", "1"), ("1 // no end of line", "1"),
      ("// old Macintosh\r2", "2"), ("// Windows\r\n2", "2"), ("// separator\u{2028}2", "2"),
      ("\u{FEFF}1", "1"), ("\u{A0}\u{3000}\t\u{B}\u{C}1", "1"),
      ("[1, 2,]", "[1, 2]"), ("[]", "[]"), ("[ /* nothing */ ]", "[]"), ("{a: 1,}", #"{"a": 1}"#),
      ("{}", "{}"), ("{a: 1, 'b c': 2, \"d\": 3}", #"{"a": 1,"b c": 2,"d": 3}"#),
      ("{$a_1: 1, _: 2, größe: 3, null: 4}", #"{"$a_1": 1,"_": 2,"größe": 3,"null": 4}"#),
      ("0", "0"), ("-0", "0"), ("+1", "1"), ("-1", "-1"), (".5", "0.5"), ("5.", "5"),
      ("5.e2", "500"), ("1e3", "1000"), ("1E+3", "1000"), ("25e-2", "0.25"), ("-.5e1", "-5"),
      ("0x1F", "31"), ("0XfF", "255"), ("-0x10", "-16"), ("0xffffffff", "4294967295"),
      ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("+Infinity", "Infinity"),
      ("NaN", "NaN"), ("-NaN", "NaN"), ("1e999", "Infinity"),
      ("'it''s'".replacing("''", with: "\\'"), #""it's""#), ("'say \"so\"'", #""say \"so\"""#),
      (#""it's""#, #""it's""#), (#"'\x41\u00e9\t\\'"#, #""Aé\u0009\\""#),
      (#"'\uD83D\uDE00'"#, "\"😀\""), (#"'\0\b\f\n\r\v'"#, #""\u0000\u0008\u000c\n\u000d\u000b""#),
      ("'one \\\nline'", #""one line""#), ("'one \\\r\nline'", #""one line""#),
      ("'one \\\rline'", #""one line""#), (#"'\q\/'"#, #""q/""#),
      ("'a\u{2028}b'", "\"a\u{2028}b\""),
    ]) func reads(source: String, plain: String) throws
  {
    #expect(Self.text(try JSON5.parse(source)) == plain)
  }

  @Test(
    "mistakes, with line and column",
    arguments: [
      ("", 1, 1, "the end of the file", "a value"),
      ("  // nothing", 1, 13, "the end of the file", "a value"),
      ("1 2", 1, 3, "'2'", "the end of the file"),
      ("{a: 1", 1, 6, "the end of the file", "',' or '}'"),
      ("{a 1}", 1, 4, "'1'", "':' after the key 'a'"),
      ("{a: 1 b: 2}", 1, 7, "'b'", "',' or '}'"),
      ("{, }", 1, 2, "','", "a key or '}'"), ("{1: 2}", 1, 2, "'1'", "a key or '}'"),
      ("{a: }", 1, 5, "'}'", "a value"), ("[1 2]", 1, 4, "'2'", "',' or ']'"),
      ("[,]", 1, 2, "','", "a value"), ("[1,,2]", 1, 4, "','", "a value"),
      ("[1}", 1, 3, "'}'", "',' or ']'"),
      ("{a: 1,\n a: 2}", 2, 2, "the key 'a' twice", "each key once"),
      ("{a: 1, 'a': 2}", 1, 8, "the key 'a' twice", "each key once"),
      (#"{a: 1, "\x61": 2}"#, 1, 8, "the key 'a' twice", "each key once"),
      ("close", 1, 1, "'close'", "a value (text needs quotes: \"close\")"),
      ("True", 1, 1, "'True'", "a value (text needs quotes: \"True\")"),
      ("--5", 1, 1, "'--5'", "a number"), ("+-5", 1, 1, "'+-5'", "a number"),
      ("-", 1, 1, "'-'", "a number"), (".", 1, 1, "'.'", "a number"),
      (".e5", 1, 1, "'.e5'", "a number"), ("1e", 1, 1, "'1e'", "a number"),
      ("1e+", 1, 1, "'1e+'", "a number"), ("1.2.3", 1, 1, "'1.2.3'", "a number"),
      ("007", 1, 1, "'007'", "a number"), ("0x", 1, 1, "'0x'", "a number"),
      ("0xG", 1, 1, "'0xG'", "a number"), ("0x+F", 1, 1, "'0x+F'", "a number"),
      ("0x1p3", 1, 1, "'0x1p3'", "a number"), ("1abc", 1, 1, "'1abc'", "a number"),
      ("inf", 1, 1, "'inf'", "a value (text needs quotes: \"inf\")"),
      ("-inf", 1, 1, "'-inf'", "a number"), ("2014-01-01", 1, 1, "'2014-01-01'", "a number"),
      ("'abc", 1, 1, "a text without end", "a closing '"),
      ("\"abc\ndef\"", 1, 1, "a text without end", "a closing \""),
      ("\"abc\rdef\"", 1, 1, "a text without end", "a closing \""),
      ("'abc\\", 1, 1, "a text without end", "a closing '"),
      (#"'\x4'"#, 1, 5, "'''", "2 hexadecimal digits"),
      (#"'\u00g0'"#, 1, 6, "'g'", "4 hexadecimal digits"),
      (#"'\u００４１'"#, 1, 4, "'０'", "4 hexadecimal digits"),
      (#"'\1'"#, 1, 3, "'1'", "a character that can be escaped"),
      (#"'\uD83D'"#, 1, 8, "'''", "the other half of the surrogate pair \\uD83D"),
      (#"'\uD83DA'"#, 1, 8, "'A'", "the other half of the surrogate pair \\uD83D"),
      (#"'\uD83D\u0041'"#, 1, 14, "'''", "the other half of the surrogate pair \\uD83D"),
      (#"'\uDE00'"#, 1, 8, "'''", "the other half of the surrogate pair \\uDE00"),
      ("/* open", 1, 1, "a comment without end", "*/"), ("/", 1, 1, "'/'", "a value"),
      ("\u{7}", 1, 1, "the character U+7", "a value"),
      ("\u{200B}", 1, 1, "the character U+200B", "a value"),
      ("{\n  // ok\r\n  a: 1,\r  é: ?", 4, 6, "'?'", "a value"),
      ("{\n'😀': !", 2, 6, "'!'", "a value"), ("{'a'\n}", 2, 1, "'}'", "':' after the key 'a'"),
      ("'\\x4\n'", 1, 5, "the end of the line", "2 hexadecimal digits"),
    ]) func refuses(source: String, line: Int, column: Int, found: String, expected: String)
  {
    let error = #expect(throws: JSON5Error.self) { try JSON5.parse(source) }
    #expect(error?.found == found)
    #expect(error?.expected == expected)
    #expect(error?.place.line == line)
    #expect(error?.place.column == column)
  }

  @Test func everyValueKnowsItsPlace() throws {
    let json = try JSON5.parse("{\n  a: [1,\r\n\t'x'], // é\n  /* \n */ b: {c: true} }")
    guard case .object(let members) = json.value, case .array(let list) = members[0].value.value,
      case .object(let inner) = members[1].value.value
    else {
      Issue.record("the document has another shape")
      return
    }
    let places = [json, members[0].value, list[0], list[1], members[1].value, inner[0].value].map {
      "\($0.place.line):\($0.place.column)"
    }
    #expect(places == ["1:1", "2:6", "2:7", "3:2", "5:8", "5:12"])
  }

  @Test func nestingHasALimit() throws {
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    _ = try JSON5.parse(deep)
    for opening in ["[", "{a:", "[{a:"] {
      #expect(throws: JSON5Error.self) {
        try JSON5.parse(String(repeating: opening, count: 100_000))
      }
    }
    let error = #expect(throws: JSON5Error.self) { try JSON5.parse("[\(deep)]") }
    #expect(error?.found == "brackets nested deeper than 200 levels")
  }

  @Test(.timeLimit(.minutes(1))) func manyKeysTakeLittleTime() throws {
    let keys = (0..<300_000).map { "k\($0): 1" }.joined(separator: ",")
    guard case .object(let members) = try JSON5.parse("{\(keys)}").value else { return }
    #expect(members.count == 300_000)
  }

  @Test("numbers are written as expressions and JSON read them")
  func numbersReadBack() throws {
    var values = [1e-7, 1e15, 1e16, -1e-300, 0.1, 1 / 3.0, 1.7e308, 123_456_789, -0.05]
    var noise = Noise(seed: 20)
    for _ in 0..<2000 {
      let value = Double(bitPattern: noise.next())
      if value.isFinite { values.append(value) }
    }
    for value in values {
      let text = value.shortestText
      #expect(try JSON5.parse(text).value == .number(value), "seed 20: \(text)")
      #expect(Double(text) == value)
    }
  }

  @Test func writtenTextReadsBack() throws {
    let source = #"{a: ["\u0001\"\\\n\u2028é😀", -0x10, .5, NaN], "b c": {d: {}, e: []}, f: null}"#
    let first = try JSON5.parse(source).json(indent: 0)
    #expect(try JSON5.parse(first).json(indent: 0) == first)
    #expect(first.contains(#""a": ["\u0001\"\\\n"#))
  }
}

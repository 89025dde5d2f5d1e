import Market

extension ChallengeSpec {
  mutating func readData(_ root: inout SpecReader) throws(SpecError) {
    if let data = try root.object("data") {
      for key in ["from", "to", "fx"] {
        guard let member = data.all.first(where: { $0.key == key }) else { continue }
        if key == "fx" {
          throw .unsupported(
            path: "data.fx", line: member.value.place.line,
            what: "a challenge in several currencies",
            instead: "Choose symbols of one currency.")
        }
        throw .value(
          path: "data.\(key)", line: member.value.place.line, found: member.value.kind,
          expected: "the window in window: { from, to }")
      }
      self.data = data.all
    }
    try spec.readData(&root)
  }

  mutating func readWindows(_ root: inout SpecReader) throws(SpecError) {
    guard var window = try root.object("window") else {
      throw .missing(path: "window", expected: "{ from: \"2017-01-01\", to: \"2017-12-31\" }")
    }
    (from, to) = try Self.window(&window)
    try window.finish()
    guard var hold = try root.object("hold_out") else { return }
    let (first, last) = try Self.window(&hold)
    guard first > to else {
      throw .value(
        path: "hold_out.from", line: hold.place.line, found: Timestamp.text(nanoseconds: first),
        expected: "an instant after window.to, \(Timestamp.text(nanoseconds: to))")
    }
    let rule = "the date from which it is scored, such as \"2026-12-01\""
    guard let json = hold.optional("revealed") else {
      throw .missing(path: "hold_out.revealed", expected: rule)
    }
    guard case .string(let text) = json.value, let day = try? Timestamp.nanoseconds(parsing: text),
      text.utf8.count == 10
    else { throw hold.wrong("revealed", json, rule) }
    try hold.finish()
    guard day > last else {
      throw .value(
        path: "hold_out.revealed", line: json.place.line, found: text,
        expected:
          "a day after hold_out.to, \(Timestamp.text(nanoseconds: last)), as it is scored whole"
      )
    }
    holdOut = HoldOut(from: first, to: last, revealed: day)
  }

  private static func window(_ reader: inout SpecReader) throws(SpecError) -> (Int64, Int64) {
    guard let from = try Spec.readInstant(&reader, "from", isEnd: false) else {
      throw .missing(path: reader.at("from"), expected: "a date such as \"2017-01-01\"")
    }
    guard let to = try Spec.readInstant(&reader, "to", isEnd: true) else {
      throw .missing(path: reader.at("to"), expected: "a date such as \"2017-12-31\"")
    }
    guard from <= to else {
      throw .value(
        path: reader.at("to"), line: reader.place.line, found: Timestamp.text(nanoseconds: to),
        expected: "an instant not before from, \(Timestamp.text(nanoseconds: from))")
    }
    return (from, to)
  }
}

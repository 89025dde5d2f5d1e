import Arguments
import Storage

/// `apus store`: packs, unpacks and completes stores.
enum StoreCommand: Command {
  static let spec = CommandSpec(
    "store", group: "Data",
    summary: "Pack a store for the archive, unpack it, or bring it up to date",
    discussion: [
      "pack writes a smaller copy, in chunks that are shuffled and deflated; h5py, pandas, xarray and Apus read it as it is,"
        + " Apus slower than a plain one, which it maps. unpack writes a plain copy. The content and its hashes are the same.",
      "migrate writes what a store made by another program lacks: hashes, lifetimes, the table of symbols and dimension"
        + " scales. A store of an earlier format would be written in the present one; version \(PriceStore.version) is the"
        + " only one so far. A complete store is left alone.",
    ],
    examples: [
      Example("apus store pack sp500.h5 -o sp500-2024.h5", "A smaller copy."),
      Example("apus store migrate from_pandas.h5", "Complete a store that Python wrote."),
    ],
    positionals: [
      PositionalSpec(
        "ACTION", help: "pack, unpack or migrate.",
        completion: .choices(Action.allCases.map(\.rawValue))),
      PositionalSpec("STORE", help: "A store: a file, or a folder of them.", completion: .files),
    ],
    options: [
      .value(
        "output", short: "o", "PATH", help: "The copy that pack and unpack write.",
        completion: .files)
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.force])

  private enum Action: String, CaseIterable { case pack, unpack, migrate }

  private struct Report: Encodable {
    let store: String
    let version: Int
    let written: [String]
    let contentSha256: String
    let bytes: Int
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("STORE")
    guard let action = Action(rawValue: arguments.positional("ACTION")) else {
      throw ArgumentsError.badValue(
        name: "ACTION", value: arguments.positional("ACTION"),
        reason: .notOneOf(Action.allCases.map(\.rawValue), nearest: nil))
    }
    let output = arguments.optionalString("output")
    let written: [String]
    switch (action, output) {
    case (.migrate, nil): written = try PriceStore.migrate(path)
    case (.migrate, _?):
      throw ArgumentsError.badValue(
        name: "--output", value: "",
        reason: .other("is for pack and unpack; migrate writes in place", next: "leave it out"))
    case (_, nil):
      throw ArgumentsError.badValue(
        name: "--output", value: "",
        reason: .other("is needed: \(action.rawValue) writes a copy", next: "give -o PATH"))
    case (_, let output?):
      let store = try PriceStore.open(path)
      let form: PriceStore.Form = action == .pack ? .packed : .plain
      try store.copy(to: output, form: form, force: arguments.flag("force"))
      written = [output]
    }
    let result = try PriceStore.open(output ?? path)
    if arguments.flag("json") {
      try console.print(
        try Report(
          store: result.path, version: PriceStore.version, written: written,
          contentSha256: result.contentHash, bytes: result.byteCount
        ).json())
      return .done
    }
    try console.print("store        \(result.path), version \(PriceStore.version)")
    try console.print("content      sha256 \(result.contentHash)")
    if let output {
      let before = try PriceStore.open(path).byteCount
      try console.print("bytes        \(result.byteCount), before \(before)")
      console.talk("wrote \(output); hold it against its hashes: apus inspect \(output) --verify")
    } else {
      try console.print(
        "written      \(written.isEmpty ? "nothing: it is complete" : written.joined(separator: ", "))"
      )
    }
    return .done
  }
}

import Foundation
import TestSupport
import Testing

/// A folder to work in as a user does, with `apus` at hand.
struct Workplace {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Runs `apus`; the words of `line` are separated by spaces.
  func apus(
    _ line: String, _ more: [String] = [], input: String = "", environment: [String: String] = [:]
  ) async throws -> ProcessResult {
    try await RunApus.run(
      line.split(separator: " ").map(String.init) + more, in: folder, input: input,
      environment: environment)
  }

  /// Runs `apus`, which has to end well, and returns what it printed.
  @discardableResult
  func done(
    _ line: String, _ more: [String] = [], input: String = "", environment: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let result = try await apus(line, more, input: input, environment: environment)
    #expect(result.status == 0, "\(line): \(result.errors)", sourceLocation: location)
    return result.output
  }

  /// The same as JSON.
  func json(
    _ line: String, _ more: [String] = [], at location: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    try JSON(try await done(line + " --json", more, at: location))
  }

  /// A synthetic store of 120 days and 4 symbols, S0000 to S0003, unless more is said.
  func makeStore(_ name: String = "prices.h5", _ more: String = "") async throws {
    let size = more.contains("--bars") ? "" : "--bars 120 --symbols 4"
    try await done("generate --quiet --store \(name) \(size) \(more)")
  }

  /// Every file of the folder with its bytes.
  func contents() throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try folder.names().map {
        ($0, try Data(contentsOf: folder.url.appending(path: $0)))
      })
  }

  /// The bytes of one file.
  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: folder.url.appending(path: name))
  }
}

/// A parsed JSON text, looked into by keys and positions.
enum JSON: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  // JSONSerialization reads some numbers wrong in the last bit; JSONDecoder doesn't.
  init(_ text: String) throws { self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let array = try? value.decode([JSON].self) {
      self = .array(array)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }

  subscript(key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }
  subscript(index: Int) -> JSON { list.indices.contains(index) ? list[index] : .null }

  var list: [JSON] { if case .array(let list) = self { list } else { [] } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var int: Int? { number.flatMap { Int(exactly: $0) } }
}

/// Specs that several tests run.
enum Specs {
  /// Crossing averages: 15 parameter sets, so 60 lanes over four symbols.
  static func cross(name: String = "cross", store: String = "prices.h5", more: String = "")
    -> String
  {
    """
    {
      apus: 1, name: "\(name)",  // a comment
      data: { store: "\(store)" },
      parameters: { fast: [2, 3, 5], slow: [10, 20, 30, 40, 50] },
      strategy: {
        long_entry: "crosses_above(sma(close, fast), sma(close, slow))",
        long_exit: "crosses_below(sma(close, fast), sma(close, slow))",
      },
      execution: { commission: { bps: 10 } },
      metrics: ["sharpe", "total_return", "max_drawdown", "trades"],
      rank: { by: "sharpe", top: 5 },
      \(more)
    }
    """
  }

  /// Both sides of the market with stops and costs: 60 lanes over four symbols.
  static func guarded(name: String = "guarded", store: String = "prices.h5") -> String {
    """
    {
      apus: 1, name: "\(name)", data: { store: "\(store)" },
      parameters: { n: [5, 10, 20], stop: [0.02, 0.05, 0.1, 0.2, 0.4] },
      strategy: {
        long_entry: "close > highest(lag(close, 1), n)", long_exit: "close < sma(close, n)",
        short_entry: "close < lowest(lag(close, 1), n)", short_exit: "close > ema(close, n)",
        stop_loss: "stop", take_profit: 0.3, trailing_stop: "stop * 1.5",
      },
      execution: { commission: { bps: 5, minimum: 1 }, slippage: { bps: 2 } },
      metrics: ["total_return", "sharpe", "sortino", "max_drawdown", "ulcer", "drawdown_duration",
        "trades", "win_rate", "exposure", "fees", "var_95", "omega"],
    }
    """
  }
}

import Kernels

/// What is wrong with an expression, and where: columns count from 1.
public indirect enum ExpressionError: Error, Equatable {
  /// A character that begins no word.
  case unexpectedCharacter(String, column: Int)
  /// A quoted text without its closing quote.
  case unterminatedText(column: Int)
  /// Digits that are no number.
  case badNumber(String, column: Int)
  /// A word in the wrong place.
  case unexpected(found: String, expected: String, column: Int)
  /// More words than this, or more operations on top of each other or on constants, named parts included.
  case tooLong(limit: Int, column: Int)
  /// More than this many levels of brackets or calls.
  case tooDeep(limit: Int, column: Int)
  /// A name that is no field, parameter or named part.
  case unknownName(String, nearest: String?, column: Int, known: [String])
  /// A function that does not exist.
  case unknownFunction(String, nearest: String?, column: Int)
  /// A function called with too few or too many arguments.
  case argumentCount(usage: String, found: Int, column: Int)
  /// A value of the wrong type.
  case type(found: String, expected: String, context: String, column: Int)
  /// Something that must be the same at every bar, and is not.
  case variesOverTime(context: String, column: Int)
  /// A number outside the range of the function, for some parameter values.
  case argumentRange(
    function: String, argument: String, value: Double, expected: String, parameters: String)
  /// A look into the future.
  case looksAhead(function: String, bars: Double, column: Int)
  /// A named part that is defined by itself.
  case circular(name: String, column: Int)
  /// A field that the panel of this run does not have.
  case missingField(String, function: String, available: [String], column: Int)
  /// A symbol that the panel does not have.
  case unknownSymbol(String, nearest: String?, column: Int)
  /// A mistake in the text of a named part; its column counts there.
  case inPart(String, text: String, ExpressionError)

  /// Column of the mistake, 1 for the first character; nil if it belongs to no single place of this text.
  public var column: Int? {
    switch self {
    case .unexpectedCharacter(_, let column), .unterminatedText(let column),
      .badNumber(_, let column), .unexpected(_, _, let column), .tooDeep(_, let column),
      .tooLong(_, let column),
      .unknownName(_, _, let column, _), .unknownFunction(_, _, let column),
      .argumentCount(_, _, let column), .type(_, _, _, let column),
      .variesOverTime(_, let column), .looksAhead(_, _, let column), .circular(_, let column),
      .missingField(_, _, _, let column), .unknownSymbol(_, _, let column):
      column
    case .argumentRange, .inPart: nil
    }
  }
}

extension ExpressionError: CustomStringConvertible {
  /// What was found, what was expected, and the nearest valid name.
  public var description: String {
    switch self {
    case .unexpectedCharacter(let character, _):
      "unexpected character '\(character)'"
    case .unterminatedText:
      "this text has no closing quote"
    case .badNumber(let text, _):
      "'\(text.shortened)' is not a number"
    case .unexpected(let found, let expected, _):
      "found \(found), expected \(expected)"
    case .tooDeep(let limit, _):
      "brackets and calls nest deeper than \(limit) levels; name parts of the expression in a let block"
    case .tooLong(let limit, _):
      "more than \(limit) words, or operations that build on each other, those of named parts "
        + "included; use a shorter expression"
    case .unknownName(let name, let nearest, _, let known):
      "no field, parameter or named part '\(name.shortened)'." + didYouMean(nearest)
        + " Known here: \(known.joined(separator: ", "))"
    case .unknownFunction(let name, let nearest, _):
      "no function '\(name.shortened)'." + didYouMean(nearest)
        + " See all of them: apus functions"
    case .argumentCount(let usage, let found, _):
      "\(usage) was given \(found) argument\(found == 1 ? "" : "s")"
    case .type(let found, let expected, let context, _):
      "\(context) is \(found), expected \(expected)"
    case .variesOverTime(let context, _):
      "\(context) must be the same at every bar: use numbers and parameters only"
    case .argumentRange(let function, let argument, let value, let expected, let parameters):
      "\(function): \(argument) is \(value.formatted), expected \(expected)"
        + (parameters.isEmpty
          ? "" : " (at \(parameters); exclude it with 'where' or change the range)")
    case .looksAhead(let function, let bars, _):
      "\(function) by \(bars.formatted) bar\(bars == 1 ? "" : "s") would look into the future; offsets are 0 or more"
    case .circular(let name, _):
      "'\(name)' is defined by itself"
    case .missingField(let field, let function, let available, _):
      "\(function) needs the field '\(field)', which the panel does not have (it has: "
        + "\(available.joined(separator: ", ")))"
    case .unknownSymbol(let name, let nearest, _):
      "the panel has no symbol '\(name.shortened)'." + didYouMean(nearest)
        + " See all of them: apus inspect --symbols"
    case .inPart(let name, _, let error):
      "in '\(name)'" + (error.column.map { ", column \($0)" } ?? "") + ": \(error)"
    }
  }
}

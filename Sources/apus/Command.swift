import Arguments

/// One verb: its declaration and what it does.
package protocol Command: SendableMetatype {
  /// Name, examples, arguments and options; parser, help and completions read it.
  static var spec: CommandSpec { get }
  /// Does the work.
  ///
  /// Checks everything it can before it begins.
  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus
}

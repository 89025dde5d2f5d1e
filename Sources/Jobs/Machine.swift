import FoundationEssentials

/// What is known of the machine.
public enum Machine {
  /// Number of processors that this process may use.
  public static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Model name of the processor, as the system gives it.
  public static var processor: String {
    guard let data = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let line = data.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
      let colon = line.firstIndex(of: ":")
    else { return "unknown processor" }
    return String(line[line.index(after: colon)...].drop { $0 == " " })
  }
}

import Storage

/// Names of files for whatever reports are of.
enum ReportFileName {
  /// A name for files from an id that may hold anything: letters, digits, `.`, `_` and `-` stay, other bytes become `%` and two
  /// digits; what would be too long ends in a hash.
  static func of(_ id: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for (place, byte) in id.utf8.enumerated() {
      let isPlain =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        case UInt8(ascii: "."): place > 0
        default: false
        }
      if isPlain {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    var name = String(decoding: bytes, as: UTF8.self)
    if name == "index" { name = "%69ndex" }
    if name.utf8.count > 180 { name = "\(name.prefix(120))%\(SHA256.hash(id).prefix(32))" }
    return name
  }
}

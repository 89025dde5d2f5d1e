import Storage
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func standardExamples(text: String, digest: String) {
    #expect(SHA256.hash(text) == digest)
    var hash = SHA256()
    for byte in text.utf8 { withUnsafeBytes(of: byte) { hash.update($0) } }
    let found = hash.hexDigest()
    #expect(found == digest)
  }
}

// swift-tools-version: 6.3
import PackageDescription

// Apus is named by the path of its checkout. From a package elsewhere: .package(path: "…/apus"), or by version, see its README.
let package = Package(
  name: "SMACross",
  dependencies: [.package(name: "Apus", path: "../..")],
  targets: [
    .executableTarget(name: "SMACross", dependencies: [.product(name: "Apus", package: "Apus")])
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.3
import PackageDescription

#if canImport(Glibc)
  import Glibc
#endif

// The table below reads as the architecture: a module depends only on layers beneath its own.
// `swift build --explicit-target-dependency-import-check error` holds every import to it.

// Without errno to set, a square root is an instruction.
let fast = ["-cross-module-optimization", "-Xcc", "-fno-math-errno"]
let hot: [SwiftSetting] = [.unsafeFlags(fast)]

// Solvers and models have inner parts with tests of their own.
let tested: [SwiftSetting] = [.unsafeFlags(["-enable-testing"])]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = [],
  exclude: [String] = [], resources: [Resource] = [], linking: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: settings, linkerSettings: linking)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestSupport"], exclude: exclude)
}

// Debian's HDF5 as a shared library loads curl, Kerberos and thirty more before `main`; its archive needs none of them.
// So archives are linked where they lie, and what pkg-config names elsewhere.
#if arch(arm64)
  let archives = "/usr/lib/aarch64-linux-gnu"
#else
  let archives = "/usr/lib/x86_64-linux-gnu"
#endif
let hdf5Archives = ["hdf5_serial_hl", "hdf5_serial", "sz", "aec"]
let cryptoArchives = ["crypto"]
func areArchived(_ names: [String]) -> Bool {
  #if canImport(Glibc)
    names.allSatisfy { access("\(archives)/lib\($0).a", R_OK) == 0 }
  #else
    false
  #endif
}
func linked(_ names: [String], or shared: [String], _ more: [String] = []) -> [LinkerSetting] {
  (areArchived(names) ? names.map { ":lib\($0).a" } + more : shared).map { .linkedLibrary($0) }
}

/// The bar loop is compiled for newer instruction sets too, from the same sources (symbolic links).
#if arch(x86_64)
  let variants = [("LaneKernelsV3", "x86-64-v3"), ("LaneKernelsV4", "x86-64-v4")]
#else
  let variants: [(String, String)] = []
#endif
let laneKernels: [Target.Dependency] =
  ["LaneKernels"] + variants.map { .target(name: $0.0) }

// The runtime and Foundation as archives too, for the executable alone: tests load them as shared libraries.
let staticRuntime: [LinkerSetting] = [
  // Foundation finds its time zones by a record that nothing refers to, so an archive would leave it out.
  .unsafeFlags(
    [
      "-static-stdlib", "-use-ld=lld", "-Xlinker",
      "--undefined-glob=*timeZoneICUClass_localized*",
    ], .when(platforms: [.linux])),
  .linkedLibrary("_FoundationCollections", .when(platforms: [.linux])),
  .linkedLibrary("_FoundationCShims", .when(platforms: [.linux])),
  .linkedLibrary("_FoundationICU", .when(platforms: [.linux])),
]

let package = Package(
  name: "Apus",
  products: [
    .library(name: "Apus", targets: ["Apus"]),
    .executable(name: "apus", targets: ["Main"]),
    .executable(name: "apus-bench", targets: ["apus-bench"]),
  ],
  targets: [
    // C surface: Debian packages, named where they are needed.
    .systemLibrary(
      name: "CHDF5", pkgConfig: areArchived(hdf5Archives) ? nil : "hdf5-serial",
      providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: areArchived(cryptoArchives) ? nil : "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CRandom123", providers: [.apt(["librandom123-dev"])]),

    .target(name: "CShims"),
    // Headers of libboost-math-dev behind a C face.
    .target(name: "CBoostMath"),

    // layer 0
    module("Kernels", ["CRandom123", "CShims", "CBoostMath"], hot),

    // The bar loop, once per instruction set; Simulation picks at run time.
    module("LaneKernels", ["Kernels", "CShims"], hot, exclude: ["README.md"]),

    // layer 1
    module(
      "HDF5", ["CHDF5"], linking: linked(hdf5Archives, or: ["hdf5_hl", "hdf5"], ["z", "dl", "m"])),
    module(
      "Market", ["Kernels"], exclude: ["README.md", "Calendars/make_us_equity.py"],
      resources: ["us_equity", "crypto", "fx"].map { .embedInCode("Calendars/\($0).calendar") }),
    module("Metrics", ["Kernels"], exclude: ["README.md"]),
    module("Indicators", ["Kernels"], hot, exclude: ["README.md"]),

    // layer 2
    module(
      "Simulation", ["Kernels", "Market", "Metrics", "CShims"] + laneKernels, hot,
      exclude: ["README.md", "Execution/README.md", "Portfolio/README.md"]),
    module("Expressions", ["Kernels", "Indicators"], hot, exclude: ["README.md"]),

    module(
      "Risk", ["Kernels", "Market", "Metrics", "CShims"] + laneKernels, hot + tested,
      exclude: ["README.md"]),

    module("Books", ["Kernels", "Market", "Metrics"], hot + tested, exclude: ["README.md"]),

    // layer 3
    module(
      "Storage", ["HDF5", "Kernels", "Market", "Metrics", "Books", "CShims", "CCrypto", "CZlib"],
      exclude: ["README.md"],
      linking: linked(cryptoArchives, or: ["crypto"])),
    module(
      "Allocation", ["Risk", "Simulation", "Market", "Kernels", "CShims"], hot + tested,
      exclude: ["README.md"]),
    module(
      "Strategies", ["Expressions", "Simulation", "Market"], hot, exclude: ["README.md"]),

    // layer 4
    module(
      "Interchange", ["Kernels", "Market", "Metrics", "Books", "Storage", "CZlib", "CShims"],
      exclude: ["README.md"]),

    module(
      "Advice", ["Books", "Allocation", "Risk", "Simulation", "Market", "Metrics", "Kernels"],
      hot + tested, exclude: ["README.md"]),

    // layer 5
    module(
      "Jobs",
      [
        "Advice", "Allocation", "Risk", "Books", "Interchange", "Strategies", "Simulation",
        "Expressions",
        "Indicators", "Metrics", "Market",
        "Storage", "Kernels",
      ], exclude: ["README.md", "Challenges/README.md"]),

    // layer 6
    module("Arguments", ["Kernels"]),
    module(
      "apus",
      [
        "Arguments", "Jobs", "Advice", "Books", "Interchange", "Storage", "Strategies",
        "Allocation", "Risk",
        "Simulation", "Expressions", "Metrics", "Market",
      ], exclude: ["Main"]),
    .executableTarget(
      name: "Main", dependencies: ["apus"], path: "Sources/apus/Main",
      linkerSettings: staticRuntime),

    // Benchmarks: how to measure, what to measure, and what it is held against.
    .target(name: "BenchmarkKit", path: "Benchmarks/BenchmarkKit"),
    .target(name: "BenchmarkReference", path: "Benchmarks/reference"),
    .target(
      name: "Scenarios",
      dependencies: [
        "BenchmarkKit", "BenchmarkReference", "Jobs", "Advice", "Books", "Interchange",
        "Strategies", "Allocation",
        "Risk", "Simulation", "Expressions", "Metrics", "Market", "Storage", "Kernels", "CShims",
      ], path: "Benchmarks/Scenarios"),
    .executableTarget(
      name: "apus-bench",
      dependencies: [
        "BenchmarkKit", "BenchmarkReference", "Scenarios", "Arguments", "Jobs", "Interchange",
        "Simulation", "Storage", "Market", "Metrics", "Kernels",
      ], path: "Benchmarks/Runner"),

    // What an embedder imports.
    .target(
      name: "Apus",
      dependencies: [
        "Jobs", "Advice", "Books", "Interchange", "Strategies", "Allocation", "Risk", "Storage",
        "Simulation", "Expressions", "Market", "Metrics",
      ], path: "Sources/Umbrella"),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    tests("Kernels", ["Kernels"]),
    tests("HDF5", ["HDF5"]),
    tests("Market", ["Market"], exclude: ["Golden"]),
    tests("Metrics", ["Metrics"], exclude: ["Golden"]),
    tests("Indicators", ["Indicators", "Kernels"], exclude: ["Golden"]),
    tests(
      "Books", ["Books", "Market", "Metrics", "Kernels", "Simulation"],
      exclude: ["Challenges/Golden"]),
    tests(
      "Advice",
      ["Advice", "Books", "Allocation", "Risk", "Simulation", "Market", "Metrics", "Kernels"]),
    tests("Storage", ["Storage", "Books", "HDF5", "Market", "Metrics"]),
    tests("Simulation", ["Simulation", "Market", "Metrics", "Kernels"]),
    tests(
      "Risk", ["Risk", "Simulation", "Market", "Metrics", "Kernels"], exclude: ["Golden"]),
    tests(
      "Allocation", ["Allocation", "Risk", "Simulation", "Market", "Kernels"], exclude: ["Golden"]),
    tests("Expressions", ["Expressions", "Simulation", "Indicators", "Kernels"]),
    tests(
      "Strategies", ["Strategies", "Expressions", "Simulation", "Market", "Metrics", "Kernels"],
      exclude: ["Golden"]),
    tests(
      "Interchange", ["Interchange", "Storage", "Market", "Kernels", "CZlib"], exclude: ["Samples"]),
    tests(
      "Jobs",
      [
        "Jobs", "Advice", "Risk", "Books", "Interchange", "Storage", "HDF5", "Market", "Simulation",
        "Metrics", "Kernels",
      ],
      exclude: ["Golden"]),
    tests(
      "Peer", ["Jobs", "Storage", "Market", "Simulation", "Strategies", "Metrics"],
      exclude: ["Golden"]),
    tests("Arguments", ["Arguments"], exclude: ["Golden"]),
    tests("EndToEnd", ["apus", "Storage", "HDF5"], exclude: ["Golden"]),
    tests("Benchmark", ["BenchmarkKit", "BenchmarkReference", "Scenarios", "apus-bench"]),
  ],
  swiftLanguageModes: [.v6]
)

for (name, march) in variants {
  package.targets.append(
    module(
      name, ["Kernels", "CShims"],
      [.unsafeFlags(fast + ["-Xcc", "-march=\(march)"])]
        // AVX-512 alone has the registers for it.
        + (march == "x86-64-v4" ? [.define("FOUR_IN_FLIGHT")] : []),
      exclude: ["README.md"]))
}

// Readers of foreign bytes under libFuzzer: see Tests/Fuzzing/README.md.
if Context.environment["APUS_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzzDriver", path: "Tests/Fuzzing/CFuzzDriver"),
    .executableTarget(
      name: "apus-fuzz",
      dependencies: [
        "CFuzzDriver", "Jobs", "Books", "Interchange", "Storage", "Market",
      ],
      path: "Tests/Fuzzing/Fuzzer"),
  ]
}

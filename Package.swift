// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "cria",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  // Libraries only. SwiftPM gives a root package's executables products of their own, and a client
  // fetches the dependencies of every declared product, used or not.
  products: [
    .library(name: "QuantCore", targets: ["QuantCore"]),
    .library(name: "GGUFKit", targets: ["GGUFKit"]),
    .library(name: "TensorKernels", targets: ["TensorKernels"]),
    .library(name: "Sampling", targets: ["Sampling"]),
    .library(name: "ChatTemplate", targets: ["ChatTemplate"]),
    .library(name: "LlamaModel", targets: ["LlamaModel"]),
    .library(name: "ModelConversion", targets: ["ModelConversion"]),
    .library(name: "ModelEvaluation", targets: ["ModelEvaluation"]),
  ],
  dependencies: [
    // Used by the example tools only; clients of the library products do not fetch it.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // MARK: Libraries
    .target(name: "QuantCore"),
    .target(name: "GGUFKit", dependencies: ["QuantCore"]),
    .target(name: "CTensorKernels"),
    .target(name: "TensorKernels", dependencies: ["QuantCore", "CTensorKernels"]),
    .target(name: "Sampling"),
    .target(name: "ChatTemplate"),
    .target(
      name: "LlamaModel",
      dependencies: ["QuantCore", "GGUFKit", "TensorKernels", "Sampling", "ChatTemplate"]),
    .target(name: "ModelConversion", dependencies: ["QuantCore", "GGUFKit", "TensorKernels"]),
    .target(name: "ModelEvaluation", dependencies: ["LlamaModel", "TensorKernels"]),

    // MARK: Examples
    .executableTarget(
      name: "cria",
      dependencies: [
        "LlamaModel", "ModelConversion", "ModelEvaluation", "GGUFKit", "TensorKernels", "Sampling",
        "QuantCore", "ChatTemplate",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/cria",
      resources: [.copy("Resources/tales-7m-q8_0.gguf")]),
    .executableTarget(
      name: "HelloLlama", dependencies: ["LlamaModel"], path: "Examples/HelloLlama"),
    .executableTarget(
      name: "kernel-bench", dependencies: ["CTensorKernels"], path: "Examples/kernel-bench"),
    .executableTarget(
      name: "StructuredOutput", dependencies: ["LlamaModel", "Sampling"],
      path: "Examples/StructuredOutput"),
    .executableTarget(
      name: "schema-soak", dependencies: ["LlamaModel", "Sampling"],
      path: "Examples/schema-soak"),
    .executableTarget(
      name: "speculation-bench", dependencies: ["LlamaModel", "Sampling"],
      path: "Examples/speculation-bench"),
    .executableTarget(
      name: "constraint-bench", dependencies: ["LlamaModel", "GGUFKit", "Sampling"],
      path: "Examples/constraint-bench"),
    .executableTarget(
      name: "tokenizer-bench", dependencies: ["LlamaModel", "GGUFKit"],
      path: "Examples/tokenizer-bench"),
    .executableTarget(
      name: "template-bench", dependencies: ["ChatTemplate"], path: "Examples/template-bench"),
    .executableTarget(
      name: "quantizer-bench",
      dependencies: ["LlamaModel", "GGUFKit", "TensorKernels", "QuantCore"],
      path: "Examples/quantizer-bench"),
    .executableTarget(
      name: "CustomQuantizer",
      dependencies: ["ModelConversion", "LlamaModel", "GGUFKit", "QuantCore"],
      path: "Examples/CustomQuantizer"),
    .executableTarget(
      name: "codec-bench",
      dependencies: [
        "TensorKernels", "QuantCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/codec-bench"),
    .executableTarget(
      name: "gguf-fuzz",
      dependencies: [
        "GGUFKit", "QuantCore", "GGUFFuzzing",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/gguf-fuzz"),

    // MARK: Tests
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "QuantCoreTests", dependencies: ["QuantCore", "TestSupport"]),
    .target(
      name: "GGUFFuzzing", dependencies: ["GGUFKit", "QuantCore", "TestSupport"],
      path: "Tests/GGUFFuzzing"),
    .testTarget(
      name: "GGUFKitTests", dependencies: ["GGUFKit", "QuantCore", "GGUFFuzzing", "TestSupport"]),
    .testTarget(
      name: "TensorKernelsTests",
      dependencies: ["TensorKernels", "CTensorKernels", "QuantCore", "TestSupport"]),
    .testTarget(
      name: "SamplingTests", dependencies: ["Sampling", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ChatTemplateTests", dependencies: ["ChatTemplate", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "LlamaModelTests", dependencies: ["LlamaModel", "GGUFKit", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ModelConversionTests",
      dependencies: ["ModelConversion", "LlamaModel", "GGUFKit", "QuantCore", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ModelEvaluationTests",
      dependencies: [
        "ModelEvaluation", "LlamaModel", "TensorKernels", "GGUFKit", "QuantCore", "TestSupport",
      ]),
    .testTarget(name: "ExampleTests", dependencies: ["GGUFKit", "LlamaModel", "TestSupport"]),
    .testTarget(
      name: "PublicAPITests",
      dependencies: ["QuantCore", "GGUFKit", "TensorKernels", "Sampling", "LlamaModel"]),
  ]
)

// What imports nothing still calls the C library's arithmetic, which only Foundation would link.
for target in package.targets where ["QuantCore", "Sampling"].contains(target.name) {
  target.linkerSettings = [.linkedLibrary("m", .when(platforms: [.linux, .android]))]
}

for target in package.targets where target.name != "CTensorKernels" {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}

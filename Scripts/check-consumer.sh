#!/usr/bin/env bash
# Builds and runs a package outside this repository that depends on it by a git URL and a version
# tag, imports every library product, and must not fetch any third-party package.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# A clone of what is committed, with a tag of its own, so that the checkout stays as it is.
git clone --quiet "$root" "$work/cria"
version=99.0.0
git -C "$work/cria" -c user.name=check -c user.email=check@localhost tag -a "$version" -m check

mkdir -p "$work/client/Sources/client" "$work/client/Sources/without-foundation"
cat > "$work/client/Package.swift" <<SWIFT
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
  name: "client",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "file://$work/cria", from: "$version")],
  targets: [
    .executableTarget(
      name: "client",
      dependencies: [
        "QuantCore", "GGUFKit", "TensorKernels", "Sampling", "LlamaModel", "ModelConversion",
        "ModelEvaluation", "ChatTemplate",
      ].map { .product(name: \$0, package: "cria") }),
    .executableTarget(
      name: "without-foundation",
      dependencies: ["QuantCore", "Sampling"].map { .product(name: \$0, package: "cria") }),
  ])
SWIFT
cat > "$work/client/Sources/client/main.swift" <<'SWIFT'
import ChatTemplate
import GGUFKit
import LlamaModel
import ModelConversion
import ModelEvaluation
import QuantCore
import Sampling
import TensorKernels

let model = try LanguageModel.random(seed: 7)
let options = GenerationOptions(sampling: .greedy, maximumTokens: 8)
let first = try await model.generate("Hello", options: options).completion()
let second = try await model.generate("Hello", options: options).completion()
guard first.tokens == second.tokens, first.usage.completionTokens > 0 else {
  fatalError("the same greedy generation gave two results")
}
let windows = try TextWindows(
  "hello the hello", tokenizer: model.tokenizer, contextLength: 4)
let perplexity = try Perplexity.measure(model, on: windows).value
let greeting = try ChatTemplate(source: "{{ 'hello' | upper }}").render(TemplateValue(json: "{}"))
guard greeting == "HELLO" else { fatalError("the template gave \(greeting)") }
let plan = try QuantizationPlan(for: RandomModel(seed: 7).file(), recipe: .q8_0)
let tensor = try InMemoryTensor(
  name: "x", shape: [32], values: (0..<32).map { Float($0) }, as: .q8_0)
let file = try GGUFFile(bytes: GGUFBuilder(tensors: [tensor]).serialized())
print(KernelSet.best.name, file.tensors[0].type.name, first.usage.completionTokens, "tokens,",
  "perplexity", perplexity, "bits", plan.bitsPerWeight)
SWIFT
# The modules that import nothing must not need what only Foundation links, either.
cat > "$work/client/Sources/without-foundation/main.swift" <<'SWIFT'
import QuantCore
import Sampling

let values = (0..<256).map { Float($0) / 256 }
for type in TensorType.allCases {
  let tensor = try InMemoryTensor(name: "x", shape: [256], values: values, as: type)
  guard try tensor.decoded().count == 256 else { fatalError("\(type.name) lost values") }
}
var chain = try SamplingOptions(seed: 1).makeChain()
print("encoded \(TensorType.allCases.count) types, sampled", chain.sample(logits: values.span))
SWIFT
cd "$work/client"
swift run -c release without-foundation
swift build 2>&1 | tee "$work/build.log"
swift run --skip-build client
if [ -f Package.resolved ] && grep -q '"identity"' Package.resolved; then
  others="$(grep '"identity"' Package.resolved | grep -v '"cria"' || true)"
  if [ -n "$others" ]; then
    echo "the client resolved third-party packages:$others" >&2
    exit 1
  fi
fi
fetched="$(ls .build/checkouts)"
if [ "$fetched" != "cria" ]; then
  echo "the client fetched more than this package: $fetched" >&2
  exit 1
fi
echo "the client built, ran, and resolved this package alone"

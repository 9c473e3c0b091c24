#!/usr/bin/env python3
"""Compares low-rank adapters as cria and llama.cpp apply them.

    python3 Scripts/compare-adapters.py --cria .build/release/cria MODEL.gguf ...

For each model, which must hold floats, the script makes two random adapters for its matrices, and
prints the normalized mean squared difference of the logits: with one adapter, with two of different
scales, and with both merged into a file by `cria merge`; and how far the adapters move the logits.
Ends with status 1 where cria is further than 1e-8 from llama.cpp, unless llama.cpp itself rounds.

Needs gguf, numpy and llama-cpp-python.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np

TOKENS = [3 + index * 37 % 500 for index in range(24)]
LIMIT = 1e-8
# What llama.cpp multiplies with adapters.
PARTS = ["attn_q.", "attn_k.", "attn_v.", "attn_qkv.", "attn_output.", "ffn_up", "ffn_down",
         "ffn_gate_exps", "ffn_gate.", "ssm_out."]


def make_adapter(model, path, rank, alpha, seed):
    random = np.random.default_rng(seed)
    reader = gguf.GGUFReader(model)
    architecture = reader.get_field("general.architecture").contents()
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for tensor in reader.tensors:
        if not any(part in tensor.name for part in PARTS) or not tensor.name.endswith("weight"):
            continue
        columns, rows, *stack = [int(size) for size in tensor.shape]
        scale = 0.3 / columns**0.5
        writer.add_tensor(f"{tensor.name}.lora_a", random.normal(
            0, scale, (*stack, rank, columns)).astype(np.float32))
        writer.add_tensor(f"{tensor.name}.lora_b", random.normal(
            0, 0.3, (*stack, rows, rank)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr[-500:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cria", required=True)
    parser.add_argument("models", nargs="+")
    arguments = parser.parse_args()
    failed = False
    script = Path(__file__).parent / "llama-logits.py"
    print(f"{'model':14} {'without':>10} {'one':>10} {'two':>10} {'merged':>10} {'effect':>10}")
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            output, merged = f"{folder}/logits.f32", f"{folder}/merged.gguf"
            loras = []
            for index, (rank, alpha, scale) in enumerate([(4, 8, 1.0), (7, 0, 0.5)]):
                path = f"{folder}/adapter{index}.gguf"
                make_adapter(model, path, rank, alpha, seed=index)
                loras += ["--lora", f"{path}:{scale}"]
            ids = ",".join(map(str, TOKENS))

            def llama(options):
                run(sys.executable, str(script), model, ids, output, *options)
                return np.fromfile(output, dtype="<f4").astype(np.float64)

            def cria(path, options):
                run(arguments.cria, "logits", path, "--tokens", ids, "--output", output,
                    "--cache-type", "f32", "--quiet", *options)
                return np.fromfile(output, dtype="<f4").astype(np.float64)

            def difference(a, b):
                return np.mean((a - b) ** 2) / np.mean(b**2)

            plain, expected = llama([]), llama(loras)
            run(arguments.cria, "merge", model, merged, *loras)
            figures = [
                difference(cria(model, []), plain),
                difference(cria(model, loras[:2]), llama(loras[:2])),
                difference(cria(model, loras), expected),
                difference(cria(merged, []), expected),
                difference(expected, plain),
            ]
            differs = max(figures[1:4]) > max(LIMIT, 10 * figures[0])
            failed |= differs
            name = Path(model).parent.name if Path(model).stem == "model" else Path(model).stem
            print(f"{name:14} " + " ".join(f"{figure:10.1e}" for figure in figures)
                  + ("  differs" if differs else ""), flush=True)
    sys.exit(1 if failed else 0)


main()

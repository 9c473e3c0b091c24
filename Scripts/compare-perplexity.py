#!/usr/bin/env python3
"""Measures with cria the perplexity of files that llama.cpp quantized, and compares it with what
llama-perplexity gave for such files: whether cria computes what llama.cpp does for a type.

    pip install gguf numpy llama-cpp-python
    compare-perplexity.py CRIA MODEL TEXT REFERENCE.json [--imatrix FILE.gguf] [--bound 0.005]

REFERENCE.json: {"context": n, "variants": {"Q4_K_M": {"perplexity": x}, "IQ2_XS with imatrix": ...}}. Those
with an importance matrix need its file. Prints a Markdown table; fails where a ratio is further from
one than the bound.
"""
import argparse
import ctypes
import json
import subprocess
import sys
import tempfile

import gguf
import llama_cpp
import numpy


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def quiet(level, text, data):
    pass


def importance(path):
    """The mean squares of each matrix's inputs, as llama.cpp takes them; and what must stay alive."""
    tensors = {t.name: numpy.array(t.data, numpy.float32).ravel() for t in gguf.GGUFReader(path).tensors}
    suffix = ".in_sum2"
    rows = {
        name[:-len(suffix)]: values / max(float(tensors[name[:-len(suffix)] + ".counts"][0]), 1)
        for name, values in tensors.items() if name.endswith(suffix)}
    entries = (llama_cpp.llama_model_imatrix_data * (len(rows) + 1))()
    for entry, (name, values) in zip(entries, rows.items()):
        entry.name = name.encode()
        entry.data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        entry.size = values.size
    return entries, rows


def quantize(model, output, preset, entries):
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.nthread = 2
    parameters.ftype = getattr(llama_cpp, "LLAMA_FTYPE_MOSTLY_" + preset)
    if entries is not None:
        parameters.imatrix = entries
    if llama_cpp.llama_model_quantize(model.encode(), output.encode(), ctypes.byref(parameters)):
        sys.exit(f"llama.cpp refuses {preset}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("cria", "model", "text", "reference"):
        parser.add_argument(name)
    parser.add_argument("--imatrix")
    parser.add_argument("--bound", type=float, default=0.005)
    options = parser.parse_args()
    llama_cpp.llama_log_set(quiet, None)
    with open(options.reference) as file:
        reference = json.load(file)
    entries, alive = importance(options.imatrix) if options.imatrix else (None, None)

    failures = []
    print("| file | llama.cpp | cria | ratio |")
    print("| --- | --- | --- | --- |")
    for variant, values in reference["variants"].items():
        preset, _, matrix = variant.partition(" with ")
        if matrix and entries is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = options.model
            if preset != "F16":
                path = folder + "/model.gguf"
                quantize(options.model, path, preset, entries if matrix else None)
            result = subprocess.run(
                [options.cria, "perplexity", path, "--file", options.text, "--context",
                 str(reference["context"]), "--json", "--quiet"], capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"{variant}: {result.stderr.strip()}")
        ours, theirs = json.loads(result.stdout)["perplexity"], values["perplexity"]
        if not abs(ours / theirs - 1) <= options.bound:
            failures.append(f"{variant}: {ours / theirs:.4f}")
        print(f"| {variant} | {theirs:.4f} | {ours:.4f} | {ours / theirs:.4f} |", flush=True)
    del alive
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

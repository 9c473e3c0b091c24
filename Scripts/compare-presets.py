#!/usr/bin/env python3
"""Quantizes a model with every preset, by cria and by llama.cpp, and compares the files: types,
size, metadata, whether llama.cpp loads cria's, and the perplexity of both as cria measures it.

    pip install gguf numpy llama-cpp-python
    compare-presets.py CRIA MODEL TEXT [--context N] [--presets Q4_0,Q4_K_M]

Prints a Markdown table; fails where types differ, a file does not load, or cria's perplexity is
above 1.005 times that of llama.cpp's file.
"""
import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile

import gguf
import llama_cpp

PRESETS = ["F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q4_K_M",
           "Q4_K_S", "Q4_1", "Q4_0", "IQ4_NL", "IQ4_XS", "Q3_K_L", "Q3_K_M", "Q3_K_S", "IQ3_M",
           "IQ3_S", "Q2_K", "Q2_0", "TQ2_0", "TQ1_0", "Q1_0", "MXFP4_MOE"]

# Types that are newer than some versions of the gguf package: name, values and bytes of a block.
NEWER_TYPES = {41: ("Q1_0", 128, 18), 42: ("Q2_0", 64, 18)}


@classmethod
def newer_type(cls, number):
    name, values, size = NEWER_TYPES[number]
    member = int.__new__(cls, number)
    member._name_, member._value_ = name, number
    gguf.constants.GGML_QUANT_SIZES[member] = (values, size)
    return member


gguf.GGMLQuantizationType._missing_ = newer_type


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def quiet(level, text, data):
    pass


def quantize_with_llama(model, output, preset):
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.nthread = 2
    name = "ALL_F32" if preset == "F32" else "MOSTLY_" + preset
    parameters.ftype = getattr(llama_cpp, "LLAMA_FTYPE_" + name)
    if llama_cpp.llama_model_quantize(model.encode(), output.encode(), ctypes.byref(parameters)):
        sys.exit(f"llama.cpp refuses {preset}")


def run(*arguments):
    result = subprocess.run([*arguments, "--json", "--quiet"], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(arguments)}: {result.stderr.strip()}")
    return json.loads(result.stdout)


def contents(path):
    """What has to be equal: tensors with their types and shapes, and two keys."""
    reader = gguf.GGUFReader(path)
    keys = ("general.file_type", "general.quantization_version")
    fields = {key: int(reader.fields[key].parts[reader.fields[key].data[0]][0]) for key in keys}
    return {t.name: (t.tensor_type.name, tuple(map(int, t.shape))) for t in reader.tensors}, fields


def loads(path):
    model = llama_cpp.llama_model_load_from_file(
        path.encode(), llama_cpp.llama_model_default_params())
    if model:
        llama_cpp.llama_model_free(model)
    return bool(model)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cria")
    parser.add_argument("model")
    parser.add_argument("text")
    parser.add_argument("--context", default="256")
    parser.add_argument("--presets", default=",".join(PRESETS))
    options = parser.parse_args()
    llama_cpp.llama_log_set(quiet, None)

    failures = []
    print("| preset | bytes | perplexity: llama.cpp's file | cria's file | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for preset in options.presets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours = folder + "/theirs.gguf", folder + "/ours.gguf"
            quantize_with_llama(options.model, theirs, preset)
            run(options.cria, "quantize", options.model, ours, preset)
            if contents(theirs) != contents(ours):
                failures.append(f"{preset}: types, shapes or metadata differ")
            if os.path.getsize(theirs) != os.path.getsize(ours):
                failures.append(f"{preset}: the sizes differ")
            if not loads(ours):
                failures.append(f"{preset}: llama.cpp does not load cria's file")
            values = [
                run(options.cria, "perplexity", path, "--file", options.text, "--context",
                    options.context)["perplexity"] for path in (theirs, ours)]
            ratio = values[1] / values[0]
            if not ratio <= 1.005:
                failures.append(f"{preset}: perplexity {ratio:.4f} times as high")
            print(f"| {preset} | {os.path.getsize(ours)} | {values[0]:.4f} | {values[1]:.4f} "
                  f"| {ratio:.4f} |", flush=True)
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures how fast cria and ggml encode and decode tensor types, in turn, and prints the ratios.

    pip install numpy llama-cpp-python
    swift build -c release --product codec-bench
    compare-codecs.py .build/release/codec-bench [--mi 64] [--threads 2] [TYPE ...]

ggml encodes with `ggml_quantize_chunk` and decodes with its `to_float`, rows shared out among the
threads; types that need importance get it from both. Slow encoders of ggml are given fewer weights.
"""
import argparse
import ctypes
import json
import os
import subprocess
import threading
import time

import llama_cpp
import numpy as np

COLUMNS = 4096
# Name: number in GGUF files, values and bytes of a block, millions of weights for ggml's encoder.
TYPES = {
    "Q4_0": (2, 32, 18, 64), "Q4_1": (3, 32, 20, 64), "Q5_0": (6, 32, 22, 64),
    "Q5_1": (7, 32, 24, 64), "Q8_0": (8, 32, 34, 64), "Q2_K": (10, 256, 84, 16),
    "Q3_K": (11, 256, 110, 32), "Q4_K": (12, 256, 144, 16), "Q5_K": (13, 256, 176, 16),
    "Q6_K": (14, 256, 210, 16), "IQ4_NL": (20, 32, 18, 4), "IQ4_XS": (23, 256, 136, 4),
    "IQ3_S": (21, 256, 110, 4), "IQ3_XXS": (18, 256, 98, 4), "IQ2_S": (22, 256, 82, 4),
    "IQ2_XS": (17, 256, 74, 2), "IQ2_XXS": (16, 256, 66, 4), "IQ1_M": (29, 256, 56, 4),
    "IQ1_S": (19, 256, 50, 4), "TQ1_0": (34, 256, 54, 64), "TQ2_0": (35, 256, 66, 64),
    "MXFP4": (39, 32, 17, 64), "NVFP4": (40, 64, 36, 32), "Q1_0": (41, 128, 18, 64),
    "Q2_0": (42, 64, 18, 64),
}
NEEDING_IMPORTANCE = {"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S"}


class Traits(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("block", ctypes.c_int64),
                ("interleave", ctypes.c_int64), ("bytes", ctypes.c_size_t),
                ("is_quantized", ctypes.c_bool),
                ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p,
                                              ctypes.c_int64)),
                ("from_float", ctypes.c_void_p)]


def load_ggml():
    folder = os.path.join(os.path.dirname(llama_cpp.__file__), "lib")
    ggml = ctypes.CDLL(os.path.join(folder, "libggml-base.so"))
    ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
    ggml.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p,
                                         ctypes.c_int64, ctypes.c_int64, ctypes.c_int64,
                                         ctypes.c_void_p]
    ggml.ggml_quantize_init.argtypes = [ctypes.c_int]
    ggml.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
    return ggml


def fastest(threads, rows, repetitions, body):
    """Rows per second of the fastest repetition of body(first, end) on so many threads."""
    best = float("inf")
    for _ in range(repetitions):
        share = rows // threads
        workers = [threading.Thread(target=body, args=(i * share, (i + 1) * share))
                   for i in range(threads)]
        start = time.time()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        best = min(best, time.time() - start)
    return rows / best


def measure_ggml(ggml, name, mi, threads):
    number, block, size, encoded_mi = TYPES[name]
    row_bytes = COLUMNS // block * size
    random = np.random.default_rng(1)
    rows = min(mi, encoded_mi) * 2**20 // COLUMNS
    values = random.standard_normal((rows, COLUMNS), dtype=np.float32) * 0.02
    importance = random.random(COLUMNS, dtype=np.float32) + 0.1
    weights = importance.ctypes.data if name in NEEDING_IMPORTANCE else None
    blocks = np.zeros(rows * row_bytes, dtype=np.uint8)
    ggml.ggml_quantize_init(number)

    def encode(first, end):
        ggml.ggml_quantize_chunk(number, values.ctypes.data, blocks.ctypes.data, first * COLUMNS,
                                 end - first, COLUMNS, weights)

    encoded = fastest(threads, rows, 2 if encoded_mi >= 32 else 1, encode)
    decoded_rows = mi * 2**20 // COLUMNS
    blocks = np.resize(blocks, decoded_rows * row_bytes)
    output = np.zeros((decoded_rows, COLUMNS), dtype=np.float32)
    to_float = ggml.ggml_get_type_traits(number)[0].to_float

    def decode(first, end):
        for row in range(first, end, 16):
            to_float(blocks.ctypes.data + row * row_bytes, output.ctypes.data + row * COLUMNS * 4,
                     COLUMNS * 16)

    decoded = fastest(threads, decoded_rows, 3, decode)
    return encoded * COLUMNS / 1e6, decoded * COLUMNS / 1e6


def measure_cria(program, name, mi, threads):
    arguments = [program, name, "--mi", str(mi), "--threads", str(threads), "--json"]
    if name in NEEDING_IMPORTANCE:
        arguments.append("--importance")
    output = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    result = json.loads(output)["types"][0]
    return result["encode"], result["decode"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("types", nargs="*", default=list(TYPES))
    parser.add_argument("--mi", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    ggml = load_ggml()
    print("| type | encode: cria | ggml | ratio | decode: cria | ggml | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in options.types or TYPES:
        ours = measure_cria(options.program, name, options.mi, options.threads)
        theirs = measure_ggml(ggml, name, options.mi, options.threads)
        cells = [name]
        for mine, other in zip(ours, theirs):
            cells += [f"{mine:.4g}", f"{other:.4g}", f"{mine / other:.2f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

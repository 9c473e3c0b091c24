#!/usr/bin/env python3
"""Writes the logits of every position (float32, little-endian) as llama.cpp computes them, with
floats everywhere: what `cria logits --cache-type f32` is compared with.

    python3 Scripts/llama-logits.py MODEL 1,5,9 OUT.f32 [--lora FILE:SCALE ...]

Needs llama-cpp-python and numpy.
"""

import argparse
import ctypes

import llama_cpp
import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("tokens")
    parser.add_argument("output")
    parser.add_argument("--lora", action="append", default=[], metavar="FILE:SCALE")
    arguments = parser.parse_args()
    tokens = [int(token) for token in arguments.tokens.split(",")]
    count = (len(tokens) + 63) // 64 * 64
    model = llama_cpp.Llama(
        arguments.model, n_ctx=count, n_batch=count, n_ubatch=count, n_threads=1, verbose=False,
        logits_all=True, type_k=0, type_v=0, flash_attn=False)
    adapters, scales = [], []
    for lora in arguments.lora:
        path, scale = lora.rsplit(":", 1)
        adapter = llama_cpp.llama_adapter_lora_init(model.model, path.encode())
        if not adapter:
            raise SystemExit(f"llama.cpp refuses {path}")
        adapters.append(adapter)
        scales.append(float(scale))
    if adapters:
        llama_cpp.llama_set_adapters_lora(
            model.ctx, (type(adapters[0]) * len(adapters))(*adapters), len(adapters),
            (ctypes.c_float * len(scales))(*scales))
    model.eval(tokens)
    np.array(model.scores[: len(tokens)], dtype="<f4").tofile(arguments.output)


main()

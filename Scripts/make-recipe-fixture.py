#!/usr/bin/env python3
"""Writes Tests/ModelConversionTests/Fixtures/recipes.json: the types that llama.cpp's quantizer
chooses for the tensors of small made-up models, for every preset that needs no importance matrix.

    pip install gguf numpy llama-cpp-python
    make-recipe-fixture.py OUT.json
"""
import ctypes
import json
import os
import sys
import tempfile

import gguf
import llama_cpp
import numpy as np

PRESETS = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S",
           "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "IQ4_NL", "IQ4_XS",
           "IQ3_S", "IQ3_M", "TQ1_0", "TQ2_0", "Q1_0", "Q2_0", "MXFP4_MOE"]


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


def model(architecture="llama", layers=16, heads=8, shared=8, experts=0, columns=256, tied=False,
          fused=False):
    """Metadata and tensors: names and shapes, columns first."""
    metadata = {"block_count": layers, "attention.head_count": heads,
                "attention.head_count_kv": heads // shared, "expert_count": experts}
    tensors = [["token_embd.weight", [columns, 4]], ["output_norm.weight", [columns]],
               ["rope_freqs.weight", [16]]]
    if not tied:
        tensors.append(["output.weight", [columns, 4]])
    for layer in range(layers):
        block = f"blk.{layer}."
        names = ["attn_qkv"] if fused else ["attn_q", "attn_k", "attn_v"]
        tensors += [[f"{block}{name}.weight", [columns, 2]] for name in names + ["attn_output"]]
        tensors += [[f"{block}attn_norm.weight", [columns]], [f"{block}attn_q.bias", [columns]]]
        if experts:
            tensors.append([f"{block}ffn_gate_inp.weight", [columns, experts]])
        for name in ["ffn_gate", "ffn_up", "ffn_down"]:
            tensors.append([f"{block}{name}_exps.weight", [columns, 2, experts]] if experts
                           else [f"{block}{name}.weight", [columns, 2]])
    return architecture, metadata, tensors


MODELS = {
    "plain": model(shared=1),
    "shared values, tied": model(shared=8, tied=True),
    "few layers": model(layers=6, shared=2),
    "many layers": model(layers=80, shared=8),
    "eight experts": model(experts=8, shared=4),
    "four experts": model(experts=4, layers=20, shared=2),
    "falcon": model(architecture="falcon", layers=32, shared=8, fused=True),
    "rows of 96": model(columns=96, layers=8, shared=4),
    "rows of 96, tied": model(columns=96, layers=8, shared=4, tied=True),
    "rows of 80": model(columns=80, layers=8, shared=4),
}


def write(path, architecture, metadata, tensors):
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in metadata.items():
        if value or key != "expert_count":
            writer.add_uint32(f"{architecture}.{key}", value)
    if metadata["expert_count"]:
        writer.add_uint32(f"{architecture}.expert_used_count", 2)
    columns = tensors[0][1][0]
    writer.add_uint32(f"{architecture}.context_length", 64)
    writer.add_uint32(f"{architecture}.embedding_length", columns)
    writer.add_uint32(f"{architecture}.feed_forward_length", columns)
    writer.add_uint32(f"{architecture}.vocab_size", 4)
    writer.add_float32(f"{architecture}.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_float32(f"{architecture}.attention.layer_norm_epsilon", 1e-5)
    writer.add_file_type(0)
    random = np.random.default_rng(1)
    for name, shape in tensors:
        writer.add_tensor(name, random.standard_normal(shape[::-1]).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def log(level, text, data):
    if level >= 4 and os.environ.get("VERBOSE"):
        sys.stderr.write(text.decode())


def main():
    llama_cpp.llama_log_set(log, None)
    result = []
    for title, (architecture, metadata, tensors) in MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            source, target = folder + "/source.gguf", folder + "/target.gguf"
            write(source, architecture, metadata, tensors)
            presets = {}
            for preset in PRESETS:
                parameters = llama_cpp.llama_model_quantize_default_params()
                parameters.nthread = 1
                name = "ALL_F32" if preset == "F32" else "MOSTLY_" + preset
                parameters.ftype = getattr(llama_cpp, "LLAMA_FTYPE_" + name)
                status = llama_cpp.llama_model_quantize(
                    source.encode(), target.encode(), ctypes.byref(parameters))
                if status != 0:
                    print(title, preset, "is refused", file=sys.stderr)
                    continue
                reader = gguf.GGUFReader(target)
                kinds = {tensor.name: tensor.tensor_type.name for tensor in reader.tensors}
                field = reader.fields["general.file_type"]
                groups = {}
                for index, (name, _) in enumerate(tensors):
                    groups.setdefault(kinds[name], []).append(index)
                rest = max(groups, key=lambda kind: len(groups[kind]))
                presets[preset] = {
                    "file_type": int(field.parts[field.data[0]][0]), "rest": rest,
                    "types": {kind: groups[kind] for kind in sorted(groups) if kind != rest}}
            result.append({"title": title, "architecture": architecture, "metadata": metadata,
                           "tensors": tensors, "presets": presets})
    with open(sys.argv[1], "w") as file:
        json.dump({"llama_cpp_python": llama_cpp.__version__, "models": result}, file,
                  separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()

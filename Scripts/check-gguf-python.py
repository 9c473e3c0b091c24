#!/usr/bin/env python3
"""Compares GGUFKit with the Python package `gguf`, both ways.

Usage: Scripts/check-gguf-python.py PATH-OF-GGUF-FUZZ

Files written by either side are read by both, and everything in them must be equal: metadata with
their types, and the tensors' decoded values bit for bit.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
from gguf.constants import GGMLQuantizationType, GGUFEndian, GGUFValueType

INTEGERS = {
    GGUFValueType.UINT8, GGUFValueType.INT8, GGUFValueType.UINT16, GGUFValueType.INT16,
    GGUFValueType.UINT32, GGUFValueType.INT32, GGUFValueType.UINT64, GGUFValueType.INT64,
}


def leaf(kind, part):
    """One value, as `gguf-fuzz describe` prints it."""
    name = kind.name.lower()
    if kind == GGUFValueType.STRING:
        return f"{name}:'{bytes(part).hex()}'"
    value = part[0]
    if kind == GGUFValueType.BOOL:
        return f"{name}:{int(value)}"
    if kind in INTEGERS:
        return f"{name}:{int(value)}"
    bits = np.float32(value).view(np.uint32) if kind == GGUFValueType.FLOAT32 \
        else np.float64(value).view(np.uint64)
    return f"{name}:{int(bits):0{8 if kind == GGUFValueType.FLOAT32 else 16}x}"


def field_text(field):
    if field.types[0] != GGUFValueType.ARRAY:
        return leaf(field.types[0], field.parts[field.data[0]])
    # The package reads nested arrays without their structure: only the leaves are compared.
    values = " ".join(leaf(field.types[-1], field.parts[i]) for i in field.data)
    return f"array:[{values}]"


def python_view(path):
    reader = gguf.GGUFReader(path)
    lines = []
    for name, field in reader.fields.items():
        if not name.startswith("GGUF."):
            lines.append(f"meta {name} {field_text(field)}")
    for tensor in reader.tensors:
        if tensor.tensor_type == GGMLQuantizationType.BF16 or tensor.tensor_type not in (
                GGMLQuantizationType.F32, GGMLQuantizationType.F16):
            values = gguf.quants.dequantize(np.array(tensor.data), tensor.tensor_type)
        else:
            values = np.array(tensor.data)
        bits = values.astype(np.float32).ravel().view(np.uint32)
        shape = "x".join(str(int(n)) for n in tensor.shape)
        text = " ".join(f"{int(b):08x}" for b in bits)
        lines.append(f"tensor {tensor.name} {tensor.tensor_type.name} {shape} {text}")
    return lines


def swift_view(tool, path):
    output = subprocess.run([tool, "describe", path], check=True, capture_output=True, text=True)
    lines = output.stdout.splitlines()
    return [flatten(line) if line.count("[") > 1 else line for line in lines]


def flatten(line):
    """A nested array without its structure."""
    head, _, body = line.partition("[")
    return head + "[" + body.replace("array:[", "").replace("]", "") + "]"


def write_with_python(path, big):
    writer = gguf.GGUFWriter(
        path, "sample", endianess=GGUFEndian.BIG if big else GGUFEndian.LITTLE)
    writer.add_uint8("value.uint8", 255)
    writer.add_int8("value.int8", -128)
    writer.add_uint16("value.uint16", 65535)
    writer.add_int16("value.int16", -32768)
    writer.add_uint32("value.uint32", 2**32 - 1)
    writer.add_int32("value.int32", -2**31)
    writer.add_uint64("value.uint64", 2**64 - 1)
    writer.add_int64("value.int64", -2**63)
    writer.add_float32("value.float32", -0.1)
    writer.add_float64("value.float64", 0.1)
    writer.add_bool("value.bool", True)
    writer.add_string("value.string", "ünïcode")
    writer.add_array("array.int", [-1, 2, 3])
    writer.add_array("array.float", [0.5, -1e30])
    writer.add_array("array.bool", [True, False])
    writer.add_array("array.string", ["a", "", "ü"])
    values = np.random.default_rng(1).standard_normal((2, 256)).astype(np.float32)
    for kind in ("F32", "F16", "BF16", "Q4_0", "Q8_0"):
        if big and kind not in ("F32", "F16"):
            continue
        type = GGMLQuantizationType[kind]
        data = {"F32": values, "F16": values.astype(np.float16)}.get(kind)
        if data is None:
            writer.add_tensor(f"tensor.{kind}", gguf.quants.quantize(values, type), raw_dtype=type)
        else:
            writer.add_tensor(f"tensor.{kind}", data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def compare(label, tool, path):
    ours, theirs = swift_view(tool, path), python_view(path)
    if ours == theirs:
        print(f"equal  {label}: {len(ours)} lines")
        return True
    for a, b in zip(ours + [""] * len(theirs), theirs + [""] * len(ours)):
        if a != b:
            print(f"DIFFER {label}\n  swift  {a[:200]}\n  python {b[:200]}")
            break
    return False


def main():
    tool = sys.argv[1]
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for version in (2, 3):
            path = str(Path(folder) / f"swift-{version}.gguf")
            subprocess.run([tool, "sample", path, "--version", str(version)], check=True)
            good &= compare(f"written by Swift, version {version}", tool, path)
        for big in (False, True):
            path = str(Path(folder) / f"python-{big}.gguf")
            write_with_python(path, big)
            good &= compare(f"written by Python, {'big' if big else 'little'}-endian", tool, path)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

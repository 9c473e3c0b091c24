#!/usr/bin/env python3
"""Compares `cria logits` with Hugging Face transformers and llama.cpp on tiny random models.

For every variant of every family (architecture_variants.py) the script makes a checkpoint with
random weights, converts it with llama.cpp's converter, and runs the same random tokens through
transformers, through llama.cpp and through cria, with floats everywhere. It prints the normalized
mean squared difference (mean of (a - b)^2 over mean of b^2) of cria to each. Sizes are chosen so
that no two of them agree: heads do not add up to the width, windows are shorter than the text.

    python3 Scripts/compare-architectures.py --cria .build/release/cria \
        --converter llama.cpp [--seed 1] [VARIANT ...]

Needs torch, transformers, numpy, llama-cpp-python, and the folder of llama.cpp's source that holds
convert_hf_to_gguf.py. It ends with status 1 where cria is further than 1e-8 from both.
"""

import argparse
import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers

from architecture_variants import VARIANTS

VOCABULARY = 512
LENGTH = 29
LIMIT = 1e-8


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cria", required=True, help="the command-line tool")
    parser.add_argument("--converter", required=True, help="the folder of convert_hf_to_gguf.py")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder for the models; a temporary one unless given")
    parser.add_argument("variants", nargs="*", help="names, or their beginnings; all unless given")
    return parser.parse_args()


def randomize(model, seed):
    """Weights that keep activations near one and make every part of the model matter."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("A_log"):
                parameter.copy_(noise * 0.5)
            elif "norm" in name.lower() and name.endswith("weight"):
                # Some families store the weight without the one.
                parameter.copy_(parameter.mean().round() + 0.2 * noise)
            elif parameter.dim() < 2:
                parameter.copy_(0.3 * noise)
            else:
                parameter.copy_(noise / parameter.shape[-1] ** 0.5)


def make_checkpoint(variant, folder, seed):
    torch.manual_seed(seed)
    config = getattr(transformers, variant.config)(vocab_size=VOCABULARY, **variant.arguments)
    config.architectures = [variant.architecture]
    model = getattr(transformers, variant.architecture)._from_config(
        config, attn_implementation="eager")
    model = model.float().eval()
    randomize(model, seed)
    if variant.prepare:
        variant.prepare(model)
    model.save_pretrained(folder)
    if variant.patch:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **variant.patch}))
    return model


class Converter:
    """llama.cpp's, with a vocabulary of its own: only ids are compared."""

    def __init__(self, folder):
        sys.path.insert(0, folder)
        sys.path.insert(1, str(Path(folder) / "gguf-py"))
        import conversion
        import gguf
        self.conversion, self.gguf = conversion, gguf
        logging.disable(logging.WARNING)

    def convert(self, folder, output, options):
        from conversion import ModelBase, ModelType, get_model_architecture, get_model_class
        parameters = ModelBase.load_hparams(Path(folder), False)
        kind = get_model_class(get_model_architecture(parameters, ModelType.TEXT))
        gguf = self.gguf

        def set_vocabulary(model):
            bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
            words = [f"▁{index}" for index in range(VOCABULARY - 3 - len(bytes_))]
            types = [2, 3, 3] + [6] * len(bytes_) + [1] * len(words)
            writer = getattr(model, "gguf_writer")
            writer.add_tokenizer_model("llama")
            writer.add_tokenizer_pre("default")
            writer.add_token_list(["<unk>", "<s>", "</s>"] + bytes_ + words)
            writer.add_token_scores([0.0] * VOCABULARY)
            writer.add_token_types(types)
            writer.add_bos_token_id(1)
            writer.add_eos_token_id(2)
            if "type_vocab_size" in model.hparams:
                writer.add_token_type_count(model.hparams["type_vocab_size"])

        # Some converters count the vocabulary's entries, or look at its kind.
        (Path(folder) / "tokenizer.json").write_text(json.dumps({
            "model": {"type": "WordPiece", "vocab": {str(i): i for i in range(VOCABULARY)}},
            "added_tokens": []}))
        kind.set_vocab = set_vocabulary
        kind.no_mtp = True
        model = kind(
            Path(folder), gguf.LlamaFileType.ALL_F32, Path(output), eager=True, **options)
        if hasattr(model, "impl"):
            type(model.impl).set_vocab = set_vocabulary
        with torch.inference_mode(), contextlib.redirect_stderr(io.StringIO()):
            model.write()


def transformers_output(model, tokens, variant):
    with torch.inference_mode():
        result = model(torch.tensor([tokens]), **({} if variant.is_encoder else {"use_cache": False}))
    if variant.is_encoder:
        return result.last_hidden_state[0].mean(dim=0).numpy()
    return result.logits[0].numpy()


def llama_output(path, tokens, variant):
    """None where llama.cpp, in a process of its own, does not like the file."""
    if variant.is_encoder:
        return None
    script = Path(__file__).parent / "llama-logits.py"
    with tempfile.NamedTemporaryFile(suffix=".f32") as output:
        done = subprocess.run(
            [sys.executable, script, path, ",".join(map(str, tokens)), output.name],
            capture_output=True)
        if done.returncode:
            return None
        return np.fromfile(output.name, dtype="<f4").reshape(len(tokens), -1)


def cria_output(cria, path, tokens, variant, backend):
    ids = ",".join(map(str, tokens))
    if variant.is_encoder:
        done = subprocess.run(
            [cria, "embed", path, "--tokens", ids, "--pooling", "mean", "--no-normalize", "--json",
             "--backend", backend], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return np.array(json.loads(done.stdout)["embeddings"][0], dtype=np.float32)
    with tempfile.NamedTemporaryFile(suffix=".f32") as output:
        done = subprocess.run(
            [cria, "logits", path, "--tokens", ids, "--output", output.name, "--cache-type", "f32",
             "--backend", backend, "--quiet"], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return np.fromfile(output.name, dtype="<f4").reshape(len(tokens), -1)


def difference(a, b):
    if a is None or b is None:
        return float("nan")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    return float(np.mean((a - b) ** 2) / np.mean(b**2)) if a.shape == b.shape else float("inf")


def main():
    arguments = parse_arguments()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    converter = Converter(arguments.converter)
    failures = 0
    print(f"{'variant':28} {'transformers':>13} {'llama.cpp':>13} {'those two':>13} {'reference':>13}")
    for variant in VARIANTS:
        names = arguments.variants
        if names and not any(variant.name.startswith(name) for name in names):
            continue
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            if arguments.keep:
                folder = str(Path(arguments.keep) / variant.name.replace("/", "-"))
                os.makedirs(folder, exist_ok=True)
            path = str(Path(folder) / "model.gguf")
            try:
                model = make_checkpoint(variant, folder, arguments.seed)
                generator = np.random.default_rng(arguments.seed)
                tokens = [int(token) for token in generator.integers(3, VOCABULARY, LENGTH)]
                converter.convert(folder, path, variant.options)
                expected = transformers_output(model, tokens, variant)
                other = llama_output(path, tokens, variant)
                actual = cria_output(arguments.cria, path, tokens, variant, "cpu")
                slow = cria_output(arguments.cria, path, tokens, variant, "reference")
            except Exception as error:
                failures += 1
                print(f"{variant.name:28} {type(error).__name__}: {str(error)[:300]}", flush=True)
                continue
            figures = [difference(actual, expected), difference(actual, other)]
            failed = not np.nanmin(figures) < LIMIT
            failures += failed
            figures += [difference(expected, other), difference(slow, actual)]
            print(f"{variant.name:28} " + " ".join(f"{figure:13.2g}" for figure in figures)
                  + ("  differs" if failed else ""), flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

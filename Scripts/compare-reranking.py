#!/usr/bin/env python3
"""Compares `cria embed --rerank` with Hugging Face transformers and llama.cpp.

    python3 Scripts/compare-reranking.py --cria .build/release/cria --converter llama.cpp \
        --checkpoint FOLDER

FOLDER holds a BERT encoder, such as all-MiniLM-L6-v2. The script puts a random classifier behind
its pooling layer, writes both as GGUF beside what llama.cpp's converter makes of the encoder, and
scores pairs of texts. llama.cpp takes all of a text for its first part, so that it is compared on a
copy whose two parts have the same embedding. Prints the largest differences of scores, and ends with
status 1 where cria is further than 1e-4 of the largest score from transformers. llama.cpp rounds
GELU to half precision.

Needs torch, transformers, numpy, gguf, llama-cpp-python, and the folder of llama.cpp's source that
holds convert_hf_to_gguf.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
import transformers

QUERY = "What is a cria?"
DOCUMENTS = ["A cria is a baby llama.", "Prices rose by 3.7% in 2019.", "Crias hum, as llamas do.",
             "no", "A hat that one wears in the rain, or not at all."]


def rewrite(source, target, added, replaced):
    """Copies a GGUF file with tensors added and replaced."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.get_field("general.architecture").contents())
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        kind = field.types[0]
        part = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=part)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, replaced.get(tensor.name, np.array(tensor.data)))
    for name, values in added.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def cria_scores(cria, path):
    done = subprocess.run(
        [cria, "embed", path, "--rerank", QUERY, "--json", "--", *DOCUMENTS],
        capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    results = json.loads(done.stdout)["results"]
    return np.array([item["score"] for item in sorted(results, key=lambda item: item["index"])])


def llama_scores(path, tokenizer):
    import llama_cpp
    model = llama_cpp.Llama(
        path, embedding=True, pooling_type=llama_cpp.LLAMA_POOLING_TYPE_RANK, n_ctx=128,
        n_batch=128, n_ubatch=128, n_threads=1, verbose=False)
    scores = []
    for document in DOCUMENTS:
        ids = tokenizer(QUERY, document)["input_ids"]
        model._batch.reset()
        model._batch.add_sequence(ids, 0, True)
        model._ctx.memory_clear(True) if hasattr(model._ctx, "memory_clear") else None
        model._ctx.decode(model._batch)
        scores.append(llama_cpp.llama_get_embeddings_seq(model.ctx, 0)[0])
    return np.array(scores)


def transformers_scores(model, tokenizer, is_one_part=False):
    scores = []
    for document in DOCUMENTS:
        inputs = tokenizer(QUERY, document, return_tensors="pt")
        if is_one_part:
            inputs["token_type_ids"] = torch.zeros_like(inputs["token_type_ids"])
        with torch.inference_mode():
            scores.append(float(model(**inputs).logits[0, 0]))
    return np.array(scores)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cria", required=True)
    parser.add_argument("--converter", required=True)
    parser.add_argument("--checkpoint", required=True)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.checkpoint)
    model = transformers.BertForSequenceClassification.from_pretrained(
        arguments.checkpoint, num_labels=1, dtype=torch.float32).eval()
    with torch.no_grad():
        model.classifier.weight.copy_(torch.randn(model.classifier.weight.shape))
    expected = transformers_scores(model, tokenizer)
    heads = {
        "cls.weight": model.bert.pooler.dense.weight, "cls.bias": model.bert.pooler.dense.bias,
        "cls.output.weight": model.classifier.weight, "cls.output.bias": model.classifier.bias,
    }
    heads = {name: values.detach().numpy() for name, values in heads.items()}
    with tempfile.TemporaryDirectory() as folder:
        encoder, ranker, alike = (f"{folder}/{name}.gguf" for name in ("encoder", "ranker", "alike"))
        subprocess.run(
            [sys.executable, str(Path(arguments.converter) / "convert_hf_to_gguf.py"),
             arguments.checkpoint, "--outtype", "f32", "--outfile", encoder],
            check=True, capture_output=True)
        rewrite(encoder, ranker, heads, {})
        types = model.bert.embeddings.token_type_embeddings.weight.detach().numpy()
        rewrite(encoder, alike, heads, {"token_types.weight": types[[0, 0]]})
        one_part = transformers_scores(model, tokenizer, is_one_part=True)
        ours, theirs = cria_scores(arguments.cria, alike), llama_scores(alike, tokenizer)
        differences = {
            "cria, transformers": cria_scores(arguments.cria, ranker) - expected,
            "cria, transformers, one part": ours - one_part,
            "llama.cpp, transformers, one part": theirs - one_part,
        }
    largest = np.abs(expected).max()
    differences = {name: np.abs(values).max() for name, values in differences.items()}
    for name, value in differences.items():
        print(f"{name}: {value:.1e} of {largest:.2f}")
    sys.exit(0 if list(differences.values())[0] < 1e-4 * largest else 1)


main()

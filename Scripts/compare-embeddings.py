#!/usr/bin/env python3
"""Compares `cria embed` with Hugging Face transformers on a real encoder.

    python3 Scripts/compare-embeddings.py --cria .build/release/cria --converter llama.cpp \
        --checkpoint FOLDER

FOLDER holds a sentence-transformers encoder that pools with the mean, such as all-MiniLM-L6-v2.
It is converted with llama.cpp's converter, as F32 and as Q8_0, and each file embeds twenty
sentences. Prints the least and the mean cosine between the vectors and transformers', and ends with
status 1 where the least is below 0.9999 for F32 or 0.999 for Q8_0.

Needs torch, transformers, numpy, and the folder of llama.cpp's source that holds
convert_hf_to_gguf.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers

SENTENCES = [
    "A cria is a baby llama.",
    "The young of llamas and alpacas are called crias.",
    "How many megabytes does a quantized model take?",
    "It rained all night, and in the morning the river had left its bed.",
    "Don't forget to water the plants!",
    "def add(a, b): return a + b",
    "The quick brown fox jumps over the lazy dog.",
    "E = mc²",
    "Zürich, São Paulo und Kraków liegen auf verschiedenen Flüssen.",
    "人工知能は面白い。",
    "Prices rose by 3.7% in the third quarter of 2019.",
    "No, thank you.",
    "Who wrote \"The Old Man and the Sea\"?",
    "Ernest Hemingway published it in 1952.",
    "The patient was given 20 mg of the drug twice a day for two weeks.",
    "Turn left at the church, then take the second street on the right.",
    "I can't believe it's already Friday; where has the week gone?",
    "email: someone@example.org, phone: +41 44 000 00 00",
    "A sentence that goes on and on, with clauses that follow clauses, each of them adding a little "
    "to what has been said before, until nobody remembers how it began or expects it to end, which "
    "it nevertheless does.",
    "🦙 llamas hum 🎵",
]
LIMITS = {"f32": 0.9999, "q8_0": 0.999}


def expected_vectors(checkpoint):
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint)
    model = transformers.AutoModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    vectors = []
    for sentence in SENTENCES:
        inputs = tokenizer(sentence, return_tensors="pt")
        with torch.inference_mode():
            features = model(**inputs).last_hidden_state[0]
        vectors.append(torch.nn.functional.normalize(features.mean(dim=0), dim=0).numpy())
    return np.stack(vectors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cria", required=True)
    parser.add_argument("--converter", required=True)
    parser.add_argument("--checkpoint", required=True)
    arguments = parser.parse_args()
    expected = expected_vectors(arguments.checkpoint)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for kind, limit in LIMITS.items():
            path = str(Path(folder) / f"{kind}.gguf")
            subprocess.run(
                [sys.executable, str(Path(arguments.converter) / "convert_hf_to_gguf.py"),
                 arguments.checkpoint, "--outtype", kind, "--outfile", path],
                check=True, capture_output=True)
            done = subprocess.run(
                [arguments.cria, "embed", path, "--json", "--", *SENTENCES],
                check=True, capture_output=True, text=True)
            vectors = np.array(json.loads(done.stdout)["embeddings"])
            cosines = np.sum(vectors * expected, axis=1)
            cosines /= np.linalg.norm(vectors, axis=1) * np.linalg.norm(expected, axis=1)
            print(f"{kind:5} least {cosines.min():.7f} mean {cosines.mean():.7f}")
            failed |= cosines.min() < limit
    sys.exit(1 if failed else 0)


main()

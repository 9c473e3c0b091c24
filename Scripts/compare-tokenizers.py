#!/usr/bin/env python3
"""Measures how fast cria and Hugging Face's tokenizers encode text, in turn, and prints the ratios.

    pip install tokenizers gguf
    swift build -c release --product tokenizer-bench
    compare-tokenizers.py .build/release/tokenizer-bench VOCABULARY.gguf ... [--rounds 3] [TEXT.txt ...]

Each vocabulary is read from its GGUF file by cria, and made into a tokenizer.json for the library:
byte-level BPE, WordPiece and Unigram. Both encode the same texts on one thread; the fastest of the
rounds counts, and the ids must be the same. Without texts there are three of a megabyte each: English
(Python's manual of itself), code (Python's standard library) and random Chinese and Japanese characters.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import gguf
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

SIZE = 1_000_000
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {
    "llama-bpe": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|" + REST,
    "qwen2": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|" + REST,
}


def make_texts(folder):
    from pydoc_data import topics

    library = pathlib.Path(os.__file__).parent
    code = "".join(p.read_text(errors="replace") for p in sorted(library.glob("*.py")))
    english = "\n".join(topics.topics.values())
    numbers = random.Random(1)
    characters = [chr(numbers.choice([numbers.randrange(0x4E00, 0x9FA5),
                                      numbers.randrange(0x3041, 0x3094), 0x3001, 0x3002]))
                  for _ in range(SIZE // 3)]
    paths = []
    for name, text in [("english", english), ("code", code), ("cjk", "".join(characters))]:
        while len(text.encode()) < SIZE:
            text += text
        path = folder / f"{name}.txt"
        path.write_bytes(text.encode()[:SIZE].decode(errors="ignore").encode())
        paths.append(path)
    return paths


def make_tokenizer(path):
    """The library's tokenizer for a GGUF file's vocabulary."""
    fields = gguf.GGUFReader(path).fields
    model = fields["tokenizer.ggml.model"].contents()
    tokens = fields["tokenizer.ggml.tokens"].contents()
    if model == "gpt2":
        name = fields["tokenizer.ggml.pre"].contents()
        merges = [tuple(line.split(" ")) for line in fields["tokenizer.ggml.merges"].contents()]
        tokenizer = Tokenizer(models.BPE(
            vocab={token: i for i, token in enumerate(tokens)}, merges=merges,
            ignore_merges=name == "llama-bpe"))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        if name in PATTERNS:
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(PATTERNS[name]), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        elif name != "gpt-2":
            sys.exit(f"{path}: no pattern for the pre-tokenizer {name}")
        tokenizer.decoder = decoders.ByteLevel()
    elif model == "bert":
        pieces = [t if t.startswith("[") else t[1:] if t.startswith("\u2581") else "##" + t
                  for t in tokens]
        tokenizer = Tokenizer(models.WordPiece(
            vocab={piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    else:
        sys.exit(f"{path}: this script makes no tokenizer of the kind {model}")
    return tokenizer


def cria_seconds(program, vocabulary, text):
    """Seconds and the number of tokens."""
    output = subprocess.run([program, vocabulary, str(text)], capture_output=True, text=True,
                            check=True).stdout
    words = next(line for line in output.splitlines() if line.startswith(text.name)).split()
    return float(words[5]), int(words[3])


def library_seconds(tokenizer, text):
    start = time.perf_counter()
    count = len(tokenizer.encode(text, add_special_tokens=False).ids)
    return time.perf_counter() - start, count


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    vocabularies = [f for f in arguments.files if f.endswith(".gguf")]
    with tempfile.TemporaryDirectory() as folder:
        texts = [pathlib.Path(f) for f in arguments.files if not f.endswith(".gguf")]
        texts = texts or make_texts(pathlib.Path(folder))
        print("| vocabulary | text | cria, MB/s | tokenizers, MB/s | ratio |")
        print("| --- | --- | --- | --- | --- |")
        for vocabulary in vocabularies:
            tokenizer = make_tokenizer(vocabulary)
            for text in texts:
                content = text.read_text(encoding="utf-8")
                ours = theirs = float("inf")
                for _ in range(arguments.rounds):
                    seconds, our_count = cria_seconds(arguments.program, vocabulary, text)
                    ours = min(ours, seconds)
                    seconds, their_count = library_seconds(tokenizer, content)
                    theirs = min(theirs, seconds)
                size = len(content.encode()) / 1e6
                remark = "" if our_count == their_count else f" ({our_count} and {their_count} ids)"
                print(f"| {pathlib.Path(vocabulary).stem} | {text.stem}{remark} | {size / ours:.1f} "
                      f"| {size / theirs:.1f} | {theirs / ours:.1f} |", flush=True)


if __name__ == "__main__":
    main()

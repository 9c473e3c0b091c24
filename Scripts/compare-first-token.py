#!/usr/bin/env python3
"""Measures the time to the first token of a short prompt, loading included, of `cria run` and llama.cpp
in turn.

    pip install llama-cpp-python
    compare-first-token.py .build/release/cria MODEL.gguf [--text TEXT] [--weights automatic]
        [--threads 2] [--rounds 3]

The model file is read once before, so that it is in the page cache. cria's time is that of the whole
process; llama.cpp's starts after Python and its library are loaded. llama.cpp is
measured with its repacked weight buffers and without them, and reads as many tokens. Prints medians,
and the ratio to the faster.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time

PEER = """
import ctypes, json, sys, time
import llama_cpp as llama
path, count, threads, repack = sys.argv[1], *map(int, sys.argv[2:5])
silent = llama.llama_log_callback(lambda *_: None)
llama.llama_log_set(silent, None)
begin = time.perf_counter()
model_options = llama.llama_model_default_params()
model_options.use_extra_bufts = bool(repack)
model = llama.llama_model_load_from_file(path.encode(), model_options)
options = llama.llama_context_default_params()
options.n_ctx = count + 64
options.n_threads = options.n_threads_batch = threads
context = llama.llama_init_from_model(model, options)
size = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(model))
tokens = (llama.llama_token * count)(*[i * 37 % (size - 300) + 260 for i in range(count)])
assert llama.llama_decode(context, llama.llama_batch_get_one(tokens, count)) == 0
llama.llama_synchronize(context)
print(json.dumps(time.perf_counter() - begin))
"""


def run(command):
    begin = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if result.returncode:
        sys.exit(f"{command[0]}: {result.stderr[-800:]}")
    return result.stdout, seconds


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cria")
    parser.add_argument("model")
    parser.add_argument("--text", default="Once upon a time there")
    parser.add_argument("--weights", default="automatic")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    o = parser.parse_args()
    with open(o.model, "rb") as file:
        while file.read(1 << 24):
            pass
    tokens, _ = run([o.cria, "tokenize", o.model, o.text, "--add-bos", "--json"])
    count = len(json.loads(tokens)["tokens"])
    ours, peers = [], ([], [])
    for _ in range(o.rounds):
        ours.append(run([
            o.cria, "run", o.model, "--raw", "--prompt", o.text, "--temperature", "0",
            "--max-tokens", "1", "--weights", o.weights, "--threads", str(o.threads)])[1])
        for repack, times in zip("01", peers):
            output, _ = run([sys.executable, "-c", PEER, o.model, str(count), str(o.threads), repack])
            times.append(json.loads(output.strip().splitlines()[-1]))
    mine, (plain, repacked) = statistics.median(ours), map(statistics.median, peers)
    print(f"{count} tokens: cria {mine:.2f} s ({min(ours):.2f} to {max(ours):.2f}), llama.cpp plain "
          f"{plain:.2f} s, repack {repacked:.2f} s, ratio {mine / min(plain, repacked):.2f}")


main()

#!/usr/bin/env python3
"""Measures generation after many tokens of context, by `cria bench --depth` and llama.cpp in turn.

    pip install llama-cpp-python
    compare-depth.py .build/release/cria MODEL.gguf [--depth 4096] [--generate 24] [--cache f16]
        [--threads 2]

llama.cpp uses flash attention and reads the context in parts of 512 tokens. It is measured with its
repacked weight buffers and without them. Prints tokens per second, and the ratio to the faster.
"""
import argparse
import json
import subprocess
import sys

PEER = """
import ctypes, json, sys, time
import llama_cpp as llama
path, depth, generate, cache, threads, repack = sys.argv[1], *map(int, sys.argv[2:7])
silent = llama.llama_log_callback(lambda *_: None)
llama.llama_log_set(silent, None)
model_options = llama.llama_model_default_params()
model_options.use_extra_bufts = bool(repack)
model = llama.llama_model_load_from_file(path.encode(), model_options)
options = llama.llama_context_default_params()
options.n_ctx, options.n_batch, options.n_ubatch = depth + generate + 64, 512, 512
options.n_threads = options.n_threads_batch = threads
options.type_k = options.type_v = cache
options.flash_attn_type = 1
context = llama.llama_init_from_model(model, options)
size = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(model))
def read(tokens):
    ids = (llama.llama_token * len(tokens))(*tokens)
    assert llama.llama_decode(context, llama.llama_batch_get_one(ids, len(tokens))) == 0
    llama.llama_synchronize(context)
tokens = [i * 37 % (size - 300) + 260 for i in range(depth)]
for start in range(0, depth, 512):
    read(tokens[start:start + 512])
begin = time.perf_counter()
for i in range(generate):
    read([i * 91 % (size - 300) + 260])
print(json.dumps(generate / (time.perf_counter() - begin)))
"""
CACHES = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 8, "bf16": 30}


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{command[0]}: {result.stderr[-800:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cria")
    parser.add_argument("model")
    parser.add_argument("--depth", type=int, default=4096)
    parser.add_argument("--generate", type=int, default=24)
    parser.add_argument("--cache", choices=CACHES, default="f16")
    parser.add_argument("--threads", type=int, default=2)
    o = parser.parse_args()
    ours = run([
        o.cria, "bench", o.model, "--threads", str(o.threads), "--depth", str(o.depth),
        "--prompt", "1", "--generate", str(o.generate), "--repetitions", "1", "--cache-type",
        o.cache, "--quiet", "--json"])["generate_tokens_per_second"]
    peers = [
        run([sys.executable, "-c", PEER, o.model, str(o.depth), str(o.generate),
             str(CACHES[o.cache]), str(o.threads), repack]) for repack in "10"]
    print(f"cria {ours:.2f}, llama.cpp repack {peers[0]:.2f}, plain {peers[1]:.2f}, "
          f"ratio {ours / max(peers):.2f}")


main()

#!/usr/bin/env python3
"""Compares the sliding windows of `cria logits` with Hugging Face transformers far beyond a window.

    python3 Scripts/compare-sliding-window.py --cria .build/release/cria

Makes a Gemma 3 with random weights whose window is a quarter of the text and then an eighth, with
and without blocks that see everything, writes it as GGUF with the gguf package alone, and runs both.
Prints the normalized mean squared difference of all logits, and of those whose window has left the
beginning of the text; ends with status 1 where one is above 1e-8.

Needs torch, transformers, numpy and gguf.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
import transformers

VOCABULARY = 512
LIMIT = 1e-8
# GGUF's name of each tensor of a block.
NAMES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "post_feedforward_layernorm": "post_ffw_norm",
}


def make_model(window, blocks):
    torch.manual_seed(window)
    config = transformers.Gemma3TextConfig(
        vocab_size=VOCABULARY, hidden_size=84, num_attention_heads=6, num_key_value_heads=3,
        head_dim=24, intermediate_size=112, num_hidden_layers=blocks, query_pre_attn_scalar=24,
        sliding_window=window, max_position_embeddings=512)
    model = transformers.Gemma3ForCausalLM._from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Sharp attention, so that a position too many or too few shows.
            scale = 0.2 if "norm" in name else 2 / parameter.shape[-1] ** 0.5
            parameter.copy_(scale * torch.randn(parameter.shape))
    return model.float().eval()


def write(model, path):
    config = model.config
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["full_attention"]["rope_theta"])
    writer.add_sliding_window(config.sliding_window)
    writer.add_tokenizer_model("llama")
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    words = [f"▁{index}" for index in range(VOCABULARY - 259)]
    writer.add_token_list(["<unk>", "<s>", "</s>"] + bytes_ + words)
    writer.add_token_scores([0.0] * VOCABULARY)
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * len(words))
    for name, tensor in model.state_dict().items():
        values = tensor.numpy()
        if "norm" in name:
            values = values + 1  # GGUF stores norms with the one that Gemma adds.
        parts = name.removeprefix("model.").removesuffix(".weight").split(".", 2)
        if parts[0] == "layers":
            writer.add_tensor(f"blk.{parts[1]}.{NAMES[parts[2]]}.weight", values)
        elif parts[0] == "embed_tokens":
            writer.add_tensor("token_embd.weight", values)
        elif parts[0] == "norm":
            writer.add_tensor("output_norm.weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def difference(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return np.mean((a - b) ** 2) / np.mean(b**2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cria", required=True)
    arguments = parser.parse_args()
    failed = False
    for window, length, blocks in [(16, 64, 7), (16, 64, 2), (32, 128, 7), (16, 128, 7)]:
        model = make_model(window, blocks)
        tokens = np.random.default_rng(window).integers(3, VOCABULARY, length)
        with torch.inference_mode():
            expected = model(torch.tensor(tokens[None]), use_cache=False).logits[0].numpy()
        with tempfile.TemporaryDirectory() as folder:
            path, output = str(Path(folder) / "model.gguf"), str(Path(folder) / "logits.f32")
            write(model, path)
            for batch in (length, 5, 1):
                subprocess.run(
                    [arguments.cria, "logits", path, "--tokens", ",".join(map(str, tokens)),
                     "--output", output, "--cache-type", "f32", "--batch", str(batch), "--quiet"],
                    check=True, stdout=subprocess.DEVNULL)
                actual = np.fromfile(output, dtype="<f4").reshape(expected.shape)
                whole = difference(actual, expected)
                late = difference(actual[window:], expected[window:])
                print(f"window {window}, {length} tokens, {blocks} blocks, batch {batch}: "
                      f"{whole:.1e}, beyond the window {late:.1e}")
                failed |= not max(whole, late) < LIMIT
    sys.exit(1 if failed else 0)


main()

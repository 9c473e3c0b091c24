"""The variants that compare-architectures.py makes: configurations for Hugging Face transformers."""

from dataclasses import dataclass, field


@dataclass
class Variant:
    """A family's configuration."""

    name: str
    config: str
    architecture: str
    arguments: dict
    is_encoder: bool = False
    # Changes to config.json that the converter needs and transformers does not write.
    patch: dict = field(default_factory=dict)
    # Options of the converter.
    options: dict = field(default_factory=dict)
    # Changes to the model beyond its configuration.
    prepare: object = None


def sizes(**changes):
    """Sizes of which no two agree; heads do not add up to the width."""
    return {
        "hidden_size": 84, "num_attention_heads": 6, "num_key_value_heads": 3, "head_dim": 24,
        "intermediate_size": 112, "num_hidden_layers": 3, "max_position_embeddings": 128,
        "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, **changes,
    }


def even(**changes):
    """The same for families whose heads add up to the width."""
    made = sizes(hidden_size=96, **changes)
    del made["head_dim"]
    return made


def rope(kind="default", theta=10000.0, **more):
    return {"rope_type": kind, "rope_theta": theta, **more}


def yarn(**more):
    return rope("yarn", factor=4.0, original_max_position_embeddings=32, **more)


EXPERTS = {"num_experts": 6, "num_experts_per_tok": 3, "moe_intermediate_size": 40}
DELTA = {
    "layer_types": ["linear_attention", "full_attention", "linear_attention", "full_attention"],
    "num_hidden_layers": 4, "linear_conv_kernel_dim": 3, "linear_key_head_dim": 20,
    "linear_num_key_heads": 3, "linear_num_value_heads": 6, "linear_value_head_dim": 20,
}
LONG = {"rope_type": "longrope", "rope_theta": 10000.0,
        "short_factor": [1.0 + 0.03 * i for i in range(8)],
        "long_factor": [1.5 + 0.4 * i for i in range(8)],
        "original_max_position_embeddings": 64}
LATENT = {
    "q_lora_rank": 28, "kv_lora_rank": 36, "qk_nope_head_dim": 20, "qk_rope_head_dim": 12,
    "v_head_dim": 18, "num_key_value_heads": 6, "moe_intermediate_size": 40, "n_routed_experts": 8,
    "n_shared_experts": 2, "num_experts_per_tok": 3, "first_k_dense_replace": 1,
    "rope_interleave": True,
}


def latent(**changes):
    made = sizes(**{**LATENT, **changes})
    del made["head_dim"]
    return made


VARIANTS = [
    Variant("llama", "LlamaConfig", "LlamaForCausalLM", sizes()),
    Variant("llama/biases", "LlamaConfig", "LlamaForCausalLM",
            sizes(attention_bias=True, mlp_bias=True, tie_word_embeddings=True)),
    Variant("llama/one-kv-head", "LlamaConfig", "LlamaForCausalLM",
            sizes(num_key_value_heads=1, num_attention_heads=4, head_dim=32)),
    Variant("llama/linear", "LlamaConfig", "LlamaForCausalLM",
            sizes(rope_parameters=rope("linear", factor=2.5))),
    Variant("llama/yarn", "LlamaConfig", "LlamaForCausalLM", sizes(rope_parameters=yarn())),
    Variant("llama/llama3", "LlamaConfig", "LlamaForCausalLM",
            sizes(rope_parameters=rope("llama3", factor=8.0, low_freq_factor=1.0,
                                       high_freq_factor=4.0, original_max_position_embeddings=32))),
    Variant("llama/fused", "LlamaConfig", "LlamaForCausalLM", sizes(),
            options={"fuse_qkv": True}),
    Variant("mistral", "MistralConfig", "MistralForCausalLM", sizes(sliding_window=None)),
    Variant("mixtral", "MixtralConfig", "MixtralForCausalLM",
            sizes(num_local_experts=6, num_experts_per_tok=3)),
    Variant("mistral3", "Ministral3Config", "Ministral3ForCausalLM",
            sizes(rope_parameters=yarn(
                mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.1, beta_fast=32.0,
                beta_slow=1.0) | {"original_max_position_embeddings": 8})),
    Variant("qwen2", "Qwen2Config", "Qwen2ForCausalLM", even()),
    Variant("qwen2/yarn", "Qwen2Config", "Qwen2ForCausalLM",
            even(rope_parameters=yarn(), tie_word_embeddings=True)),
    Variant("qwen2moe", "Qwen2MoeConfig", "Qwen2MoeForCausalLM",
            even(**EXPERTS, shared_expert_intermediate_size=72, decoder_sparse_step=1)),
    Variant("qwen3", "Qwen3Config", "Qwen3ForCausalLM", sizes()),
    Variant("qwen3/yarn", "Qwen3Config", "Qwen3ForCausalLM",
            sizes(rope_parameters=yarn(), attention_bias=False, tie_word_embeddings=True)),
    Variant("qwen3moe", "Qwen3MoeConfig", "Qwen3MoeForCausalLM",
            sizes(**EXPERTS, norm_topk_prob=True)),
    Variant("qwen3next", "Qwen3NextConfig", "Qwen3NextForCausalLM",
            sizes(**EXPERTS, **DELTA, shared_expert_intermediate_size=72,
                  rope_parameters=rope(partial_rotary_factor=0.5))),
    Variant("qwen35", "Qwen3_5TextConfig", "Qwen3_5ForCausalLM",
            sizes(**DELTA, rope_parameters=rope(
                partial_rotary_factor=0.5, mrope_section=[2, 2, 2], mrope_interleaved=True))),
    Variant("qwen35/values", "Qwen3_5TextConfig", "Qwen3_5ForCausalLM",
            sizes(**{**DELTA, "linear_num_value_heads": 9, "linear_conv_kernel_dim": 5},
                  rope_parameters=rope(partial_rotary_factor=0.5, mrope_section=[2, 2, 2],
                                       mrope_interleaved=True), tie_word_embeddings=True)),
    Variant("qwen35moe", "Qwen3_5MoeTextConfig", "Qwen3_5MoeForCausalLM",
            sizes(**EXPERTS, **DELTA, shared_expert_intermediate_size=72,
                  rope_parameters=rope(partial_rotary_factor=0.5, mrope_section=[2, 2, 2],
                                       mrope_interleaved=True))),
    Variant("gemma", "GemmaConfig", "GemmaForCausalLM", sizes()),
    Variant("gemma2", "Gemma2Config", "Gemma2ForCausalLM",
            sizes(query_pre_attn_scalar=24, sliding_window=7)),
    Variant("gemma3", "Gemma3TextConfig", "Gemma3ForCausalLM",
            sizes(query_pre_attn_scalar=24, sliding_window=7, num_hidden_layers=7)),
    Variant("gemma3/linear", "Gemma3TextConfig", "Gemma3ForCausalLM",
            sizes(query_pre_attn_scalar=24, sliding_window=5, num_hidden_layers=6,
                  rope_parameters={
                      "full_attention": rope("linear", theta=1e6, factor=8.0),
                      "sliding_attention": rope(theta=1e4)})),
    Variant("gemma4", "Gemma4TextConfig", "Gemma4ForCausalLM",
            sizes(hidden_size_per_layer_input=20, vocab_size_per_layer_input=512,
                  sliding_window=7, num_hidden_layers=6, global_head_dim=40,
                  num_kv_shared_layers=0)),
    Variant("gemma4/shared", "Gemma4TextConfig", "Gemma4ForCausalLM",
            sizes(hidden_size_per_layer_input=20, vocab_size_per_layer_input=512,
                  sliding_window=7, num_hidden_layers=12, global_head_dim=40,
                  num_kv_shared_layers=5, use_double_wide_mlp=True)),
    Variant("gemma4/experts", "Gemma4TextConfig", "Gemma4ForCausalLM",
            sizes(hidden_size_per_layer_input=0, sliding_window=7, num_hidden_layers=6,
                  global_head_dim=40, num_kv_shared_layers=0, enable_moe_block=True, num_experts=6,
                  top_k_experts=3, moe_intermediate_size=40, attention_k_eq_v=True,
                  num_global_key_value_heads=2)),
    Variant("phi2", "PhiConfig", "PhiForCausalLM",
            even(num_key_value_heads=6, intermediate_size=384,
                 rope_parameters=rope(partial_rotary_factor=0.5))),
    Variant("phi3", "Phi3Config", "Phi3ForCausalLM", even(sliding_window=None)),
    Variant("phi3/long", "Phi3Config", "Phi3ForCausalLM",
            even(sliding_window=None, original_max_position_embeddings=64, rope_parameters=LONG)),
    Variant("phi3/window", "Phi3Config", "Phi3ForCausalLM", even(sliding_window=7)),
    Variant("phi3/partial", "Phi3Config", "Phi3ForCausalLM",
            even(sliding_window=None, rope_parameters=rope(partial_rotary_factor=0.75),
                 tie_word_embeddings=True)),
    Variant("falcon/7b", "FalconConfig", "FalconForCausalLM",
            {"hidden_size": 96, "num_attention_heads": 6, "num_hidden_layers": 3,
             "multi_query": True, "num_kv_heads": 1, "new_decoder_architecture": False, "alibi": False,
             "parallel_attn": True, "bias": False, "bos_token_id": 1, "eos_token_id": 2}),
    Variant("falcon/40b", "FalconConfig", "FalconForCausalLM",
            {"hidden_size": 96, "num_attention_heads": 6, "num_kv_heads": 2,
             "num_hidden_layers": 3, "new_decoder_architecture": True, "alibi": False,
             "parallel_attn": True, "bias": False, "bos_token_id": 1, "eos_token_id": 2}),
    Variant("gpt-oss", "GptOssConfig", "GptOssForCausalLM",
            sizes(num_local_experts=6, num_experts_per_tok=3, sliding_window=7,
                  rope_parameters=rope("yarn", theta=150000.0, factor=32.0, beta_fast=32.0,
                                       beta_slow=1.0, truncate=False,
                                       original_max_position_embeddings=4096))),
    Variant("gpt2", "GPT2Config", "GPT2LMHeadModel",
            {"n_embd": 96, "n_head": 6, "n_layer": 3, "n_positions": 64, "n_inner": 384},
            patch={"n_ctx": 64}),
    Variant("starcoder2", "Starcoder2Config", "Starcoder2ForCausalLM", even(sliding_window=None)),
    Variant("stablelm", "StableLmConfig", "StableLmForCausalLM",
            even(rope_parameters=rope(partial_rotary_factor=0.25), use_qkv_bias=True)),
    Variant("stablelm/parallel", "StableLmConfig", "StableLmForCausalLM",
            even(rope_parameters=rope(partial_rotary_factor=0.5), use_parallel_residual=True)),
    Variant("granite", "GraniteConfig", "GraniteForCausalLM",
            even(attention_multiplier=0.3, embedding_multiplier=3.0, residual_multiplier=0.4,
                 logits_scaling=2.5, attention_bias=True, mlp_bias=True)),
    Variant("granitemoe", "GraniteMoeConfig", "GraniteMoeForCausalLM",
            even(attention_multiplier=0.3, embedding_multiplier=3.0, residual_multiplier=0.4,
                 logits_scaling=2.5, num_local_experts=6, num_experts_per_tok=3)),
    Variant("granitemoe/shared", "GraniteMoeSharedConfig", "GraniteMoeSharedForCausalLM",
            even(attention_multiplier=0.3, embedding_multiplier=3.0, residual_multiplier=0.4,
                 logits_scaling=2.5, num_local_experts=6, num_experts_per_tok=3,
                 shared_intermediate_size=72)),
    Variant("olmo2", "Olmo2Config", "Olmo2ForCausalLM", even()),
    Variant("olmo2/olmo3", "Olmo3Config", "Olmo3ForCausalLM",
            even(sliding_window=7, num_hidden_layers=5)),
    Variant("smollm3", "SmolLM3Config", "SmolLM3ForCausalLM", even(num_hidden_layers=5)),
    Variant("cohere2", "Cohere2Config", "Cohere2ForCausalLM",
            even(sliding_window=7, num_hidden_layers=5, logit_scale=0.3), patch={"rotary_pct": 1.0}),
    Variant("deepseek2", "DeepseekV2Config", "DeepseekV2ForCausalLM",
            latent(topk_method="greedy", norm_topk_prob=False, routed_scaling_factor=2.0)),
    Variant("deepseek2/lite", "DeepseekV2Config", "DeepseekV2ForCausalLM",
            latent(topk_method="greedy", q_lora_rank=None, routed_scaling_factor=1.0,
                   num_hidden_layers=26)),
    Variant("deepseek2/groups", "DeepseekV2Config", "DeepseekV2ForCausalLM",
            latent(topk_method="group_limited_greedy", n_group=4, topk_group=2,
                   norm_topk_prob=False, routed_scaling_factor=2.0)),
    Variant("deepseek2/yarn", "DeepseekV2Config", "DeepseekV2ForCausalLM",
            latent(topk_method="greedy", norm_topk_prob=False, routed_scaling_factor=2.0,
                   rope_parameters=yarn(mscale=0.707, mscale_all_dim=0.707, beta_fast=32.0,
                                        beta_slow=1.0))),
    Variant("deepseek2/v3", "DeepseekV3Config", "DeepseekV3ForCausalLM",
            latent(n_group=4, topk_group=2, norm_topk_prob=True, routed_scaling_factor=2.5),
            patch={"scoring_func": "sigmoid"}),
    Variant("deepseek2/v3-yarn", "DeepseekV3Config", "DeepseekV3ForCausalLM",
            latent(n_group=2, topk_group=1, norm_topk_prob=True, routed_scaling_factor=2.5,
                   rope_parameters=yarn(mscale=1.0, mscale_all_dim=1.0, beta_fast=32.0,
                                        beta_slow=1.0)),
            patch={"scoring_func": "sigmoid"}),
    Variant("nemotron", "NemotronConfig", "NemotronForCausalLM",
            even(rope_parameters=rope(partial_rotary_factor=0.5))),
    Variant("lfm2", "Lfm2Config", "Lfm2ForCausalLM",
            even(layer_types=["conv", "full_attention", "conv", "full_attention"],
                 num_hidden_layers=4, conv_L_cache=4, block_auto_adjust_ff_dim=False)),
    Variant("lfm2/adjusted", "Lfm2Config", "Lfm2ForCausalLM",
            even(layer_types=["full_attention", "conv", "conv"], block_auto_adjust_ff_dim=True)),
    Variant("bert", "BertConfig", "BertModel",
            {"hidden_size": 96, "num_attention_heads": 6, "num_hidden_layers": 3,
             "intermediate_size": 112, "max_position_embeddings": 64}, is_encoder=True),
    Variant("nomic-bert", "NomicBertConfig", "NomicBertModel",
            {"hidden_size": 96, "num_attention_heads": 6, "num_hidden_layers": 3,
             "intermediate_size": 112, "max_position_embeddings": 64}, is_encoder=True,
            patch={"n_positions": 8192, "max_trained_positions": 2048, "causal": False,
                   "activation_function": "swiglu", "qkv_proj_bias": False, "mlp_fc1_bias": False,
                   "mlp_fc2_bias": False, "prenorm": False, "rotary_emb_fraction": 1.0,
                   "rotary_emb_interleaved": False, "rotary_emb_scale_base": None,
                   "rotary_emb_base": 1000.0, "max_position_embeddings": 2048}),
    Variant("gemma-embedding", "Gemma3TextConfig", "Gemma3TextModel",
            sizes(query_pre_attn_scalar=24, sliding_window=14, num_hidden_layers=7,
                  use_bidirectional_attention=True), is_encoder=True),
]

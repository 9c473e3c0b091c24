/// What a tensor does in a model, as its name says: recipes give some roles more bits.
public enum TensorRole: Sendable, Hashable, CaseIterable {
  /// The embeddings of tokens.
  case tokenEmbedding
  /// The projection to logits.
  case output
  /// The projection to queries.
  case attentionQuery
  /// The projection to keys.
  case attentionKey
  /// A projection to values, alone or together with others.
  case attentionValue
  /// The projection back from attention.
  case attentionOutput
  /// The projection to a feed-forward network's hidden features.
  case feedForwardUp
  /// The gate of those features.
  case feedForwardGate
  /// The projection back from them.
  case feedForwardDown
  /// Anything else.
  case other

  /// The role of a tensor, by its name in GGUF files.
  public init(tensor name: String) {
    self =
      switch name {
      case "output.weight": .output
      case "token_embd.weight", "per_layer_token_embd.weight": .tokenEmbedding
      default: Self.parts.first { name.contains($0.part) }?.role ?? .other
      }
  }

  private static let parts: [(part: String, role: TensorRole)] = [
    ("attn_qkv.weight", .attentionValue), ("attn_kv_b.weight", .attentionValue),
    ("attn_v.weight", .attentionValue), ("attn_k.weight", .attentionKey),
    ("attn_q.weight", .attentionQuery), ("attn_output.weight", .attentionOutput),
    ("ffn_up", .feedForwardUp), ("ffn_gate", .feedForwardGate), ("ffn_down", .feedForwardDown),
  ]
}

/// Which tensors are weights that may be quantized at all.
enum Quantizable {
  /// Whether llama.cpp's quantizer touches a tensor: matrices of weights, but none that are small
  /// and sensitive, such as norms, routers and convolutions.
  static func contains(tensor name: String, shape: [Int]) -> Bool {
    let dimensions = (shape.lastIndex { $0 > 1 } ?? 0) + 1
    return dimensions >= 2 && name.hasSuffix("weight") && !wholeNames.contains(name)
      && !parts.contains { name.contains($0) }
  }

  private static let wholeNames: Set<String> = ["position_embd.weight", "token_types.weight"]

  private static let parts = [
    "_norm.weight",
    // The choice of experts.
    "ffn_gate_inp.weight", "ffn_gate_tid2eid.weight",
    // Small matrices of Gemma 3n.
    "altup", "laurel", "per_layer_model_proj",
    // Convolutions of state-space models.
    "ssm_conv1d", "shortconv.conv.weight",
    // The indexer of sparse attention.
    "indexer.k_proj.weight", "indexer.q_proj.weight",
    // RWKV's small matrices.
    "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight",
    "time_mix_v0.weight", "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight",
    "time_mix_a1.weight", "time_mix_a2.weight", "time_mix_g1.weight", "time_mix_g2.weight",
    "time_mix_decay_w1.weight", "time_mix_decay_w2.weight", "time_mix_lerp_fused.weight",
    // Relative positions.
    "attn_rel_b.weight",
    // What turns images and sound into embeddings.
    ".position_embd", "sam.pos_embd", "sam.neck.", "sam.net_", ".rel_pos", ".patch_embd",
    ".patch_merger", "a.rvq.codebook", "mm.a.code_embd",
  ]
}

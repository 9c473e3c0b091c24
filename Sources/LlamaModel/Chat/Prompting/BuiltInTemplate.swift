/// A template for model files that have none, by the marks in the vocabulary.
struct BuiltInTemplate: Sendable {
  /// The family that chats so.
  let family: String
  /// The pieces that a vocabulary must have; none for a plain dialogue.
  let marks: [String]
  /// The template.
  let source: String

  /// The most particular template for a vocabulary.
  static func template(for vocabulary: Vocabulary) -> BuiltInTemplate {
    all.first { template in
      template.marks.allSatisfy { vocabulary.hasPiece(spelled: $0) }
    } ?? dialogue
  }

  /// All templates that have marks, the most particular first.
  static let all: [BuiltInTemplate] = [
    BuiltInTemplate(
      family: "llama-3", marks: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
      source: turns(
        "<|start_header_id|>{{ role }}<|end_header_id|>\\n\\n", end: "<|eot_id|>")),
    BuiltInTemplate(
      family: "llama-4", marks: ["<|header_start|>", "<|header_end|>", "<|eot|>"],
      source: turns("<|header_start|>{{ role }}<|header_end|>\\n\\n", end: "<|eot|>")),
    BuiltInTemplate(
      family: "harmony", marks: ["<|start|>", "<|message|>", "<|channel|>"],
      source: """
        {%- for message in messages %}{{- '<|start|>' + message.role }}\
        {%- if message.role == 'assistant' %}{{- '<|channel|>final' }}{%- endif %}\
        {{- '<|message|>' + message.content + '<|end|>' }}{%- endfor %}\
        {%- if add_generation_prompt %}{{- '<|start|>assistant' }}{%- endif %}
        """),
    BuiltInTemplate(
      family: "chatml", marks: ["<|im_start|>", "<|im_end|>"],
      source: turns("<|im_start|>{{ role }}\\n", end: "<|im_end|>\\n")),
    BuiltInTemplate(
      family: "gemma-4", marks: ["<|turn>", "<turn|>"],
      source: turns("<|turn>{{ role }}\\n", end: "<turn|>\\n", assistant: "model")),
    BuiltInTemplate(
      family: "gemma", marks: ["<start_of_turn>", "<end_of_turn>"],
      source: turns(
        "<start_of_turn>{{ role }}\\n", end: "<end_of_turn>\\n", assistant: "model",
        hasSystem: false)),
    BuiltInTemplate(
      family: "granite", marks: ["<|start_of_role|>", "<|end_of_role|>"],
      source: turns(
        "<|start_of_role|>{{ role }}<|end_of_role|>", end: "<|end_of_text|>\\n")),
    BuiltInTemplate(
      family: "command-r", marks: ["<|START_OF_TURN_TOKEN|>", "<|CHATBOT_TOKEN|>"],
      source: """
        {%- for message in messages %}\
        {%- set name = {'system': 'SYSTEM', 'assistant': 'CHATBOT'}.get(message.role, 'USER') %}\
        {{- '<|START_OF_TURN_TOKEN|><|' + name + '_TOKEN|>' + message.content }}\
        {{- '<|END_OF_TURN_TOKEN|>' }}{%- endfor %}\
        {%- if add_generation_prompt %}\
        {{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' }}{%- endif %}
        """),
    BuiltInTemplate(
      family: "deepseek", marks: ["<｜User｜>", "<｜Assistant｜>"],
      source: """
        {%- for message in messages %}\
        {%- if message.role == 'system' %}{{- message.content }}\
        {%- elif message.role == 'assistant' %}\
        {{- '<｜Assistant｜>' + message.content + '<｜end▁of▁sentence｜>' }}\
        {%- else %}{{- '<｜User｜>' + message.content }}{%- endif %}{%- endfor %}\
        {%- if add_generation_prompt %}{{- '<｜Assistant｜>' }}{%- endif %}
        """),
    BuiltInTemplate(
      family: "glm-4", marks: ["[gMASK]", "<|user|>", "<|assistant|>"],
      source: "[gMASK]<sop>" + turns("<|{{ role }}|>\\n", end: "")),
    BuiltInTemplate(
      family: "phi", marks: ["<|user|>", "<|assistant|>", "<|end|>"],
      source: turns("<|{{ role }}|>\\n", end: "<|end|>\\n")),
    BuiltInTemplate(
      family: "zephyr", marks: ["<|user|>", "<|assistant|>"],
      source: turns("<|{{ role }}|>\\n", end: "{{ eos_token }}\\n")),
    BuiltInTemplate(
      family: "mistral", marks: ["[INST]", "[/INST]"],
      source: """
        {{- bos_token }}{%- for message in messages %}\
        {%- if message.role == 'system' %}{{- raise_exception('no system role') }}{%- endif %}\
        {%- if message.role == 'assistant' %}{{- message.content + eos_token }}\
        {%- else %}{{- '[INST]' + message.content + '[/INST]' }}{%- endif %}{%- endfor %}
        """),
  ]

  /// A dialogue in plain text.
  static let dialogue = BuiltInTemplate(
    family: "dialogue", marks: [],
    source: """
      {%- for message in messages %}\
      {%- if message.role == 'system' %}{{- message.content + '\\n\\n' }}\
      {%- else %}{{- ('Assistant: ' if message.role == 'assistant' else 'User: ') }}\
      {{- message.content + '\\n' }}{%- endif %}{%- endfor %}\
      {%- if add_generation_prompt %}{{- 'Assistant:' }}{%- endif %}
      """)

  /// A template in which every message is a header, the text and an end.
  private static func turns(
    _ header: String, end: String, assistant: String = "assistant", hasSystem: Bool = true
  ) -> String {
    func expression(_ text: String) -> String {
      "'"
        + text.replacing("{{ role }}", with: "' + role + '")
        .replacing("{{ eos_token }}", with: "' + eos_token + '") + "'"
    }
    let refusal =
      hasSystem
      ? ""
      : "{%- if message.role == 'system' %}{{- raise_exception('no system role') }}{%- endif %}"
    return """
      {%- for message in messages %}\(refusal)\
      {%- set role = '\(assistant)' if message.role == 'assistant' else message.role %}\
      {{- \(expression(header)) + message.content + \(expression(end)) }}{%- endfor %}\
      {%- if add_generation_prompt %}{%- set role = '\(assistant)' %}\
      {{- \(expression(header)) }}{%- endif %}
      """
  }
}

extension Vocabulary {
  /// Whether there is a piece of that spelling.
  func hasPiece(spelled text: String) -> Bool { pieces.firstIndex(of: Array(text.utf8)) != nil }
}

import ChatTemplate
import LlamaModel
import Testing

/// What a model has written, and its parts.
struct FormatAnswer: Sendable, CustomTestStringConvertible {
  var format: any ChatFormat
  var text: String
  var expected: ChatMessage
  var prompt = ""

  var testDescription: String { format.name }

  static let tools = [
    ToolDefinition(
      name: "find", description: "Finds a text.",
      parameters: [
        "type": "object",
        "properties": ["text": ["type": "string"], "limit": ["type": "integer"]],
      ])
  ]

  private static func said(
    _ content: String = "", reasoning: String = "", calls: ToolCall...
  ) -> ChatMessage {
    ChatMessage(.assistant, content, reasoning: reasoning, toolCalls: calls)
  }

  private static let arguments = #"{"city": "Zürich", "days": 2, "deep": {"a": ["}", "\"]"]}}"#
  private static let weather = ToolCall(name: "get_weather", arguments: arguments)
  private static let time = ToolCall(name: "get_time", arguments: "{}")
  /// What a format without types gets right only with the tool's schema.
  private static let find = ToolCall(name: "find", arguments: #"{"text": "12", "limit": 3}"#)
  private static let deep = ToolCall(
    name: "get_weather",
    arguments: #"{"city": "Zürich", "deep": {"a": [1, true]}, "note": "two\nlines"}"#)

  static let all = common + elements + lists

  private static let common: [FormatAnswer] = [
    FormatAnswer(format: GenericFormat(), text: "Just text.\n", expected: said("Just text.\n")),
    FormatAnswer(
      format: GenericFormat(), text: "<think>\nHm, 1 < 2.\n</think>\n\nYes.",
      expected: said("Yes.", reasoning: "Hm, 1 < 2.")),
    FormatAnswer(
      format: GenericFormat(), text: "Hm.\n</think>\n\nYes.",
      expected: said("Yes.", reasoning: "Hm."), prompt: "<|im_start|>assistant\n<think>\n"),
    FormatAnswer(format: GenericFormat(), text: "a <b> c < d <", expected: said("a <b> c < d <")),
    FormatAnswer(
      format: HermesFormat(),
      text: "Let me see.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": \(arguments)}\n"
        + "</tool_call>\n<tool_call>\n{\"arguments\": {}, \"name\": \"get_time\"}\n</tool_call>"
        + "<|im_end|>",
      expected: said("Let me see.", calls: weather, time)),
    FormatAnswer(
      format: HermesFormat(),
      text: "<tool_call>\n<function=get_weather>\n<parameter=city>\nZürich\n</parameter>\n"
        + "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>",
      expected: said(
        calls: ToolCall(name: "get_weather", arguments: #"{"city": "Zürich", "days": 2}"#))),
    FormatAnswer(
      format: HermesFormat(), text: "<tool_call>no call</tool_call> but text",
      expected: said("no callbut text")),
    FormatAnswer(
      format: HermesFormat(),
      text: #"<tool_call>{"name": "f", "arguments": "{\"a\": 1}"}</tool_call>"#,
      expected: said(calls: ToolCall(name: "f", arguments: #"{"a": 1}"#))),
    FormatAnswer(
      format: LlamaFormat(), text: "{\"name\": \"get_weather\", \"parameters\": \(arguments)}",
      expected: said(calls: weather)),
    FormatAnswer(
      format: LlamaFormat(),
      text: "{\"type\": \"function\", \"name\": \"get_weather\", \"parameters\": \(arguments)}; "
        + "{\"name\": \"get_time\", \"parameters\": {}}<|eom_id|>",
      expected: said(calls: weather, time)),
    FormatAnswer(
      format: LlamaFormat(),
      text: "<|python_tag|>{\"name\": \"get_time\", \"parameters\": {}}<|eom_id|>",
      expected: said(calls: time)),
    FormatAnswer(
      format: LlamaFormat(), text: "<function=get_time>{}</function><|eom_id|>",
      expected: said(calls: time)),
    FormatAnswer(
      format: LlamaFormat(), text: #"{"answer": 4, "name": "x"}"#,
      expected: said(#"{"answer": 4, "name": "x"}"#)),
    FormatAnswer(
      format: LlamaFormat(), text: "It is {\"name\": 1}.", expected: said("It is {\"name\": 1}.")),
    FormatAnswer(
      format: MistralFormat(),
      text: "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": \(arguments), \"id\": \"a\"}, "
        + "{\"id\": \"abc\", \"name\": \"get_time\", \"arguments\": {}}]</s>",
      expected: said(calls: weather, ToolCall(id: "abc", name: "get_time", arguments: "{}"))),
    FormatAnswer(
      format: MistralFormat(),
      text:
        "Yes.[TOOL_CALLS]get_weather[CALL_ID]abc[ARGS]\(arguments)[TOOL_CALLS]get_time[ARGS]{}</s>",
      expected: said(
        "Yes.", calls: ToolCall(id: "abc", name: "get_weather", arguments: arguments), time)),
    FormatAnswer(
      format: MistralFormat(), text: "[THINK]Hm.[/THINK]Yes.",
      expected: said("Yes.", reasoning: "Hm.")),
    FormatAnswer(
      format: DeepSeekFormat(),
      text:
        "Hm.</think>One.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n"
        + "```json\n\(arguments)\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>"
        + "get_time\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
      expected: said("One.", reasoning: "Hm.", calls: weather, time), prompt: "<think>\n"),
    FormatAnswer(
      format: DeepSeekFormat(),
      text: "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>\(arguments)"
        + "<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{}<｜tool▁call▁end｜>"
        + "<｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
      expected: said(calls: weather, time)),
    FormatAnswer(
      format: GemmaFormat(),
      text:
        "<|channel>thought\nHm.<channel|>Yes.<|tool_call>call:get_weather{city:<|\"|>Zürich<|\"|>,"
        + "days:2,deep:{a:[<|\"|>}<|\"|>,true]}}<tool_call|><|tool_call>call:get_time{}<tool_call|>",
      expected: said(
        "Yes.", reasoning: "Hm.",
        calls: ToolCall(
          name: "get_weather",
          arguments: #"{"city": "Zürich", "days": 2, "deep": {"a": ["}", true]}}"#), time)),
    FormatAnswer(
      format: GemmaFormat(),
      text: "<start_function_call>call:f{a:<escape>x<escape>}<end_function_call>",
      expected: said(calls: ToolCall(name: "f", arguments: #"{"a": "x"}"#))),
    FormatAnswer(
      format: FunctionaryFormat(), text: "all\nText.>>>get_weather\n\(arguments)>>>get_time\n{}",
      expected: said("Text.", calls: weather, time), prompt: "assistant<|end_header_id|>\n\n>>>"),
    FormatAnswer(
      format: HarmonyFormat(),
      text: "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary "
        + "to=functions.get_weather <|constrain|>json<|message|>\(arguments)<|call|>"
        + "<|start|>assistant to=functions.get_time<|channel|>commentary<|message|>{}<|call|>"
        + "<|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
      expected: said("Yes.", reasoning: "Hm.", calls: weather, time)),
    FormatAnswer(
      format: HarmonyFormat(), text: "<|channel|>commentary<|message|>First, I look.<|end|>",
      expected: said("First, I look.")),
    FormatAnswer(format: HarmonyFormat(), text: "No marks.", expected: said("No marks.")),
    FormatAnswer(
      format: HarmonyFormat(),
      text: " to=functions.get_time<|channel|>commentary <|constrain|>json<|message|>{}<|call|>",
      expected: said(calls: time), prompt: "<|start|>assistant"),
    FormatAnswer(
      format: HarmonyFormat(), text: "No marks.", expected: said("No marks."),
      prompt: "<|start|>assistant"),
    FormatAnswer(
      format: HarmonyFormat(),
      text: "<|channel|>final <|constrain|>json<|message|>{\"a\": 1}<|return|>",
      expected: said("{\"a\": 1}"), prompt: "<|start|>assistant"),
  ]

  /// Formats in which every argument is an element.
  private static let elements: [FormatAnswer] = [
    FormatAnswer(
      format: HermesFormat(),
      text: "<tool_call>\n<function=find>\n<parameter=text>\n12\n</parameter>\n<parameter=limit>\n"
        + "3\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=get_time>\n"
        + "</function>\n</tool_call><|im_end|>",
      expected: said(calls: find, time)),
    FormatAnswer(
      format: GLMFormat(),
      text: "Hm.</think>Yes.<tool_call>get_weather<arg_key>city</arg_key><arg_value>Zürich"
        + "</arg_value><arg_key>deep</arg_key><arg_value>{\"a\": [1, true]}</arg_value>"
        + "<arg_key>note</arg_key><arg_value>two\nlines</arg_value></tool_call>"
        + "<tool_call>get_time</tool_call>",
      expected: said("Yes.", reasoning: "Hm.", calls: deep, time), prompt: "<|assistant|><think>"),
    FormatAnswer(
      format: GLMFormat(),
      text: "<tool_call>find\n<arg_key>text</arg_key>\n<arg_value>12</arg_value>\n"
        + "<arg_key>limit</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n<tool_call>get_time\n"
        + "</tool_call>",
      expected: said(calls: find, time)),
    FormatAnswer(
      format: GLMFormat(),
      text: "<think:opensource>Hm.</think:opensource><tool_calls:opensource>\n"
        + "<tool_call:opensource>find<tool_sep:opensource>\n<arg_key:opensource>text"
        + "</arg_key:opensource>\n<arg_value:opensource>12</arg_value:opensource>\n"
        + "<arg_key:opensource>limit</arg_key:opensource>\n<arg_value:opensource>3"
        + "</arg_value:opensource>\n</tool_call:opensource>\n</tool_calls:opensource>",
      expected: said(reasoning: "Hm.", calls: find)),
    FormatAnswer(
      format: MiniMaxFormat(),
      text: "Hm.\n</think>\n\nYes.\n<minimax:tool_call>\n<invoke name=\"get_weather\">\n"
        + "<parameter name=\"city\">Zürich</parameter>\n<parameter name=\"deep\">{\"a\": [1, true]}"
        + "</parameter>\n<parameter name=\"note\">two\nlines</parameter>\n</invoke>\n"
        + "<invoke name=\"get_time\">\n</invoke>\n</minimax:tool_call>[e~[",
      expected: said("Yes.", reasoning: "Hm.", calls: deep, time), prompt: "]~b]ai\n<think>\n"),
    FormatAnswer(
      format: DeepSeekV32Format(),
      text: "Hm.</think>Yes.\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"find\">\n"
        + "<｜DSML｜parameter name=\"text\" string=\"true\">12</｜DSML｜parameter>\n"
        + "<｜DSML｜parameter name=\"limit\" string=\"false\">3</｜DSML｜parameter>\n"
        + "</｜DSML｜invoke>\n</｜DSML｜function_calls><｜end▁of▁sentence｜>",
      expected: said("Yes.", reasoning: "Hm.", calls: find), prompt: "<｜Assistant｜><think>"),
    FormatAnswer(
      format: MiniCPMFormat(),
      text: "<function name=\"get_weather\"><param name=\"city\">Zürich</param>"
        + "<param name=\"deep\">{\"a\": [1, true]}</param><param name=\"note\"><![CDATA[two\nlines]]>"
        + "</param></function><|im_end|>",
      expected: said(calls: deep)),
    FormatAnswer(
      format: SeedFormat(),
      text: "<seed:think>Hm.</seed:think>\n<seed:tool_call>\n<function=find>\n<parameter=text>12"
        + "</parameter>\n<parameter=limit>3</parameter>\n</function>\n</seed:tool_call>",
      expected: said(reasoning: "Hm.", calls: find)),
    FormatAnswer(
      format: KimiK3Format(),
      text: "Hm.<|close|>think<|sep|><|open|>response<|sep|>Yes.<|close|>response<|sep|>"
        + "<|open|>tools<|sep|><|open|>call tool=\"find\" index=\"1\"<|sep|>"
        + "<|open|>argument key=\"text\" type=\"string\"<|sep|>12<|close|>argument<|sep|>"
        + "<|open|>argument key=\"limit\" type=\"number\"<|sep|>3<|close|>argument<|sep|>"
        + "<|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|><|end_of_msg|>",
      expected: said("Yes.", reasoning: "Hm.", calls: find),
      prompt: "<|open|>message role=\"assistant\"<|sep|><|open|>think<|sep|>"),
    FormatAnswer(
      format: MuseFormat(),
      text: " to=self<|message|>Hm.<|eom|><|start|>assistant to=find<|message|>"
        + "<atem:function_calls>\n<atem:invoke name=\"find\">\n<atem:parameter name=\"text\">12"
        + "</atem:parameter>\n<atem:parameter name=\"limit\">3</atem:parameter>\n</atem:invoke>\n"
        + "</atem:function_calls><|eom|><|start|>assistant to=user<|message|>Yes.<|eot|>",
      expected: said("Yes.", reasoning: "Hm.", calls: find), prompt: "<|eot|><|start|>assistant"),
  ]

  /// Formats in which calls are lists, of JSON or as Python has them.
  private static let lists: [FormatAnswer] = [
    FormatAnswer(
      format: KimiFormat(),
      text: "Yes.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0"
        + "<|tool_call_argument_begin|>\(arguments)<|tool_call_end|><|tool_call_begin|>"
        + "functions.get_time:1<|tool_call_argument_begin|>{}<|tool_call_end|>"
        + "<|tool_calls_section_end|>",
      expected: said(
        "Yes.",
        calls: ToolCall(
          id: "functions.get_weather:0", name: "get_weather", arguments: arguments),
        ToolCall(id: "functions.get_time:1", name: "get_time", arguments: "{}"))),
    FormatAnswer(
      format: CohereFormat(),
      text: "<|START_THINKING|>Hm.<|END_THINKING|><|START_ACTION|>[\n    {\"tool_call_id\": \"0\", "
        + "\"tool_name\": \"get_weather\", \"parameters\": \(arguments)},\n    {\"tool_call_id\": "
        + "\"1\", \"tool_name\": \"get_time\", \"parameters\": {}}\n]<|END_ACTION|>",
      expected: said(
        reasoning: "Hm.",
        calls: ToolCall(id: "0", name: "get_weather", arguments: arguments),
        ToolCall(id: "1", name: "get_time", arguments: "{}"))),
    FormatAnswer(
      format: CohereFormat(),
      text: "Hm.<|END_THINKING|><|START_RESPONSE|>Yes.<|END_RESPONSE|><|END_OF_TURN_TOKEN|>",
      expected: said("Yes.", reasoning: "Hm."), prompt: "<|START_THINKING|>"),
    FormatAnswer(
      format: ApertusFormat(),
      text:
        "<|inner_prefix|>Hm.<|inner_suffix|>Yes.<|tools_prefix|>[{\"get_weather\": \(arguments)}, "
        + "{\"get_time\": {}}]<|tools_suffix|>",
      expected: said("Yes.", reasoning: "Hm.", calls: weather, time)),
    FormatAnswer(
      format: LFM2Format(),
      text: "<|tool_call_start|>[get_weather(city='Zürich', deep={'a': [1, True]}, "
        + #"note="two\nlines"), get_time()]<|tool_call_end|>Wait.<|im_end|>"#,
      expected: said("Wait.", calls: deep, time)),
    FormatAnswer(
      format: LFM2Format(),
      text: "<|tool_call_start|>[{\"name\": \"get_time\", \"arguments\": {}}]<|tool_call_end|>",
      expected: said(calls: time)),
    FormatAnswer(
      format: LFM2Format(), text: "<|tool_call_start|>no call<|tool_call_end|>",
      expected: said("no call")),
    FormatAnswer(
      format: OLMoFormat(),
      text: "<function_calls>\nfind(text=\"12\", limit=3)\nget_time()\n</function_calls><|im_end|>",
      expected: said(calls: find, time)),
    FormatAnswer(
      format: Llama4Format(), text: "[find(text='12', limit=3), get_time()]<|eot|>",
      expected: said(calls: find, time)),
    FormatAnswer(
      format: Llama4Format(), text: "<|python_start|>[get_time()]<|python_end|><|eom|>",
      expected: said(calls: time)),
    FormatAnswer(
      format: LlamaFormat(), text: "[find(text='12', limit=3)]<|eot_id|>",
      expected: said(calls: find)),
    FormatAnswer(
      format: LlamaFormat(), text: "[1] is a footnote (see there).",
      expected: said("[1] is a footnote (see there).")),
    FormatAnswer(
      format: LlamaFormat(),
      text: #"{"type": "function", "function": {"name": "get_time", "parameters": {}}}"#,
      expected: said(calls: time)),
    FormatAnswer(
      format: GigaChatFormat(),
      text: "<|function_call|>{\"name\": \"get_weather\", \"arguments\": \(arguments)}"
        + "<|message_sep|>",
      expected: said(calls: weather)),
    FormatAnswer(
      format: NemotronFormat(),
      text: "<think>\nHm.\n</think>\n\n<TOOLCALL>[{\"name\": \"get_weather\", \"arguments\": "
        + "\(arguments)}, {\"name\": \"get_time\", \"arguments\": {}}]</TOOLCALL>\n<SPECIAL_12>",
      expected: said(reasoning: "Hm.", calls: weather, time)),
    FormatAnswer(
      format: GraniteFormat(),
      text: "Here is my thought process: Hm. Here is my response: <|tool_call|>[{\"name\": "
        + "\"get_weather\", \"arguments\": \(arguments)}]<|end_of_text|>",
      expected: said(reasoning: "Hm.", calls: weather)),
    FormatAnswer(
      format: GraniteFormat(),
      text: "<|tool_call|>[{\"name\": \"get_time\", \"arguments\": {}}]<|/tool_call|><|end|>",
      expected: said(calls: time)),
    FormatAnswer(
      format: InternLMFormat(),
      text: "Yes.<|action_start|><|plugin|>\n{\"name\": \"get_weather\", \"parameters\": "
        + "\(arguments)}<|action_end|>\n<|im_end|>",
      expected: said("Yes.", calls: weather)),
    FormatAnswer(
      format: LlamaFormat(),
      text: #"<|python_tag|>brave_search.call(query="llamas")<|eom_id|>"#,
      expected: said(
        calls: ToolCall(name: "brave_search", arguments: #"{"query": "llamas"}"#))),
  ]
}

#!/usr/bin/env python3
"""Measures how fast cria and Jinja2 parse chat templates and render a long chat, in turn.

    pip install jinja2
    swift build -c release --product template-bench
    compare-templates.py .build/release/template-bench TEMPLATE.jinja ... [--messages 100]

Jinja2 is set up as Hugging Face's `apply_chat_template` does it. Both make the same text, of which the
lengths are compared; the fastest of several runs counts.
"""
import argparse
import json
import pathlib
import subprocess
import time

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

SENTENCE = "What is 2 + 2, and why does everybody ask that? "


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                         extensions=[jinja2.ext.loopcontrols])
    made.filters["tojson"] = lambda x, **options: json.dumps(x, ensure_ascii=False, **options)
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = lambda format: time.strftime(format, (2026, 11, 21, 0, 0, 0, 5, 325, 0))
    return made


def fastest(body):
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        body()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("templates", nargs="+")
    parser.add_argument("--messages", type=int, default=100)
    arguments = parser.parse_args()
    context = {
        "messages": [{"role": "assistant" if i % 2 else "user", "content": f"{i}: {SENTENCE * 6}"}
                     for i in range(arguments.messages)],
        "add_generation_prompt": True, "bos_token": "<s>", "eos_token": "</s>",
    }
    print("| template | parse, ms: cria | Jinja2 | render, ms: cria | Jinja2 | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for path in map(pathlib.Path, arguments.templates):
        words = subprocess.run([arguments.program, str(path), str(arguments.messages)], check=True,
                               capture_output=True, text=True).stdout.split()
        source = path.read_text()
        # A new environment each time, for one remembers what it has parsed.
        parsing = fastest(lambda: environment().from_string(source))
        template = environment().from_string(source)
        rendering = fastest(lambda: template.render(**context))
        size = len(template.render(**context).encode())
        remark = "" if size == int(words[8]) else f" ({words[8]} and {size} bytes)"
        print(f"| {path.stem}{remark} | {words[1]} | {parsing:.3f} | {words[4]} | {rendering:.3f} "
              f"| {rendering / float(words[4]):.1f} |", flush=True)


if __name__ == "__main__":
    main()

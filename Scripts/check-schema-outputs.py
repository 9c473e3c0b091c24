#!/usr/bin/env python3
"""Checks what schema-soak has written with the Python package jsonschema.

usage: check-schema-outputs.py SCHEMAS.jsonl OUTPUTS.jsonl
"""

import json
import sys

from jsonschema import Draft202012Validator


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key comes twice")
    return dict(pairs)


def refuse_constant(text):
    raise ValueError(f"{text} is no JSON")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        validators = [
            Draft202012Validator(
                json.loads(line), format_checker=Draft202012Validator.FORMAT_CHECKER
            )
            for line in file
        ]
    valid, refused, invalid = 0, 0, 0
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            output = json.loads(line)
            if "text" not in output:
                refused += 1
                continue
            try:
                value = json.loads(
                    output["text"],
                    object_pairs_hook=no_duplicates,
                    parse_constant=refuse_constant,
                )
                validators[output["schema"]].validate(value)
                valid += 1
            except Exception as error:  # whatever is wrong with the text
                invalid += 1
                print(f"schema {output['schema']}: {output['text']!r}: {str(error)[:200]}")
    print(f"{valid} valid, {refused} refused, {invalid} invalid")
    sys.exit(0 if invalid == 0 and valid > 0 else 1)


main()

#!/usr/bin/env python3
"""Checks what schema-soak has written with the Python package jsonschema.

usage: check-schema-outputs.py SCHEMAS.jsonl OUTPUTS.jsonl
"""

import decimal
import json
import sys

from jsonschema import Draft202012Validator


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key comes twice")
    return dict(pairs)


def number(text):
    """Without rounding, for which multiples of 0.05 would not be multiples."""
    value = decimal.Decimal(text)
    is_integer = value == value.to_integral_value() and value.adjusted() < 400
    return int(value) if is_integer else value


def refuse_constant(text):
    raise ValueError(f"{text} is no JSON")


def main():
    decimal.getcontext().prec = 5000
    with open(sys.argv[1], encoding="utf-8") as file:
        validators = [
            Draft202012Validator(
                json.loads(line, parse_float=number), format_checker=Draft202012Validator.FORMAT_CHECKER
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
                    parse_float=number,
                )
                validators[output["schema"]].validate(value)
                valid += 1
            except Exception as error:  # whatever is wrong with the text
                invalid += 1
                print(f"schema {output['schema']}: {output['text']!r}: {str(error)[:200]}")
    print(f"{valid} valid, {refused} refused, {invalid} invalid")
    sys.exit(0 if invalid == 0 and valid > 0 else 1)


main()

#!/usr/bin/python3
"""Checks result files against the schema beside this script: validate.py FILE.jsonl ...

Needs Debian's python3-jsonschema. Prints each line that does not conform; exit code 1 if there was one.
"""
import json
import pathlib
import sys

import jsonschema


def problems(schema, path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        record = json.loads(line)
        kind = record.get("record")
        if kind not in ("header", "scenario", "trial", "resume", "end"):
            yield f"{path}:{number}: unknown record {kind!r}"
            continue
        # Against the definition of its own kind first: what "oneOf" says of a mistake is not for people.
        own = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
        errors = list(own.iter_errors(record)) or list(jsonschema.Draft202012Validator(schema).iter_errors(record))
        for error in errors:
            yield f"{path}:{number}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def main():
    schema = json.loads((pathlib.Path(__file__).parent / "result-v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = [problem for name in sys.argv[1:] for problem in problems(schema, pathlib.Path(name))]
    print("\n".join(found) if found else f"{len(sys.argv) - 1} files conform")
    return 1 if found or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())

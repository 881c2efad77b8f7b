#!/usr/bin/python3
"""Checks files against the schemas beside this script: validate.py FILE ...

FILE.jsonl is a result file (result-v1), FILE.json a report (report-v1), a history (history-v1) or a judgement of a gate
(gate-v1). Needs Debian's python3-jsonschema. Prints each place that does not conform; exit code 1 if there was one.
"""
import json
import pathlib
import sys

import jsonschema

HERE = pathlib.Path(__file__).parent
SCHEMAS_OF_DOCUMENTS = {
    "threadmill-report": "report-v1.schema.json",
    "threadmill-history": "history-v1.schema.json",
    "threadmill-gate": "gate-v1.schema.json",
}


def schema_called(name):
    schema = json.loads((HERE / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def described(error):
    return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def problems_of_results(path):
    schema = schema_called("result-v1.schema.json")
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
            yield f"{path}:{number}: {described(error)}"


def problems_of_document(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    schema = SCHEMAS_OF_DOCUMENTS.get(document.get("schema") if isinstance(document, dict) else None)
    if schema is None:
        yield f"{path}: its \"schema\" is none of {', '.join(SCHEMAS_OF_DOCUMENTS)}"
        return
    for error in jsonschema.Draft202012Validator(schema_called(schema)).iter_errors(document):
        yield f"{path}: {described(error)}"


def problems(path):
    return problems_of_document(path) if path.suffix == ".json" else problems_of_results(path)


def main():
    found = [problem for name in sys.argv[1:] for problem in problems(pathlib.Path(name))]
    print("\n".join(found) if found else f"{len(sys.argv) - 1} files conform")
    return 1 if found or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())

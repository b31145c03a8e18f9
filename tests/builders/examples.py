"""Makes a smallest value that fits a JSON schema of the API's document, with given values for names that are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PATTERNS = {"2": "2030-01-01", "^[a-z]": "fraud", "^[0-9a-f]": "a" * 64}


def example(schema: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, Any], name: str = "") -> Any:
    """A value for `schema`; `parts` are the schemas it may refer to, `known` values by the name of their property."""
    if "$ref" in schema:
        return example(parts[schema["$ref"].rpartition("/")[2]], parts, known, name)
    if name in known:
        return known[name]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], parts, known, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return of_type(schema, parts, known, name)


def of_type(schema: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, Any], name: str) -> Any:
    match schema.get("type"):
        case "object":
            if schema.get("minProperties"):
                inside = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
                return {"en": example(next(each for each in inside if each), parts, known)}
            needed = schema.get("required", ())
            return {each: example(schema["properties"][each], parts, known, each) for each in needed}
        case "array":
            return [example(schema["items"], parts, known, name)] * max(1, schema.get("minItems", 0))
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string":
            return text(schema)
    return {}


def text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "2030-01-01T00:00:00Z"
    if schema.get("format") == "date":
        return "2030-01-01"
    found = [value for start, value in PATTERNS.items() if schema.get("pattern", "").startswith(start)]
    return found[0] if found else "x" * max(1, schema.get("minLength", 1))

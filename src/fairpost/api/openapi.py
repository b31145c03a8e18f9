"""What the OpenAPI document says beyond the handlers: problems, headers, and nothing that depends on this machine."""

from __future__ import annotations

from typing import Any

WRITES = ("post", "put", "patch", "delete")
ALWAYS = (401, 403, 404, 422, 429, 500, 503)
ON_WRITES = (400, 409, 411, 413, 415)

DESCRIPTION = """\
Fairpost's REST API. Every operation runs the same action as the command line.

Authenticate with `Authorization: Bearer fp_...`. Errors are problem documents (RFC 9457). Lists come in pages: follow
`next`. Send an `Idempotency-Key` with every write, so that it can be repeated safely. Times are ISO 8601 with zone.
"""

PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457. `type` names the kind of problem and is stable; `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:fairpost:problem:not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "The member, parameter or header at fault."},
        "hint": {"type": "string", "description": "What to do about it."},
        "errors": {
            "type": "array",
            "description": "Every place that does not fit the schema.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "findings": {
            "type": "array",
            "description": "All that was found in content that was refused, warnings too.",
            "items": {"type": "object"},
        },
    },
}

NAMES = {
    400: "The request cannot be read.",
    401: "No API key, or none that is in force.",
    403: "The key lacks the capability or the unit.",
    404: "There is no such thing in this account.",
    409: "The thing is in a state in which this cannot be done, or the Idempotency-Key is being worked on.",
    411: "A body without Content-Length.",
    413: "The body is too large.",
    415: "The body is neither JSON nor, for files, multipart/form-data.",
    422: "What was given cannot be used; nothing was changed.",
    429: "Too many requests: wait for Retry-After seconds.",
    500: "Our fault; it is in the log.",
    503: "A part that is needed does not answer: try again later.",
}

HEADERS = {
    "RateLimit": {"schema": {"type": "string"}, "description": 'How much is left: `"key";r=599;t=1`.'},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": 'The limit: `"key";q=600;w=60`.'},
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes the request repeatable for 24 hours: sent again with the same key it gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with problems on every operation and the Idempotency-Key on every write."""
    components = document["components"]
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {f"Problem{status}": response(status, text) for status, text in NAMES.items()}
    components["parameters"] = {"IdempotencyKey": IDEMPOTENCY_KEY}
    components["headers"] = HEADERS
    for path in document["paths"].values():
        for method, operation in path.items():
            complete(method, operation)
    return document


def complete(method: str, operation: dict[str, Any]) -> None:
    answers = {int(status): answer for status, answer in operation["responses"].items()}
    for answer in answers.values():
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    statuses = ALWAYS + (ON_WRITES if method in WRITES else ())
    answers |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}
    if method in WRITES:
        operation["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})


def response(status: int, text: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    made: dict[str, Any] = {"description": text, "content": content}
    if status == 429:
        made["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return made

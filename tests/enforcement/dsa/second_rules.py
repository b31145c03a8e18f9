"""The rules of statements of reasons once more, written as a JSON Schema and by other means than the product's.

`statement.schema.json` holds all that JSON Schema can say; what it cannot is here, by arithmetic on numbers and words
where the product parses dates and matches patterns.
"""

from __future__ import annotations

import json
from calendar import monthrange
from pathlib import Path

from jsonschema import Draft202012Validator

SCHEMA = Draft202012Validator(json.loads((Path(__file__).parent / "statement.schema.json").read_text()))
DATES = {
    "content_date": (20000101, 20380101),
    "application_date": (20200101, 20380101),
    "end_date_visibility_restriction": (0, 20380101),
    "end_date_monetary_restriction": (0, 20380101),
    "end_date_service_restriction": (0, 20380101),
    "end_date_account_restriction": (0, 20380101),
}


def accepted(statement) -> bool:
    return SCHEMA.is_valid(statement) and all(rule(statement) for rule in BEYOND_SCHEMA)


def bulk_accepted(statements) -> bool:
    puids = {each["puid"] for each in statements if isinstance(each, dict) and "puid" in each}
    return 0 < len(statements) < 101 and len(puids) == len(statements) and all(map(accepted, statements))


def number(statement, name) -> int:
    return int((statement.get(name) or "").replace("-", "").strip() or 0)


def dates_exist_and_lie_in_range(statement) -> bool:
    for name, (first, last) in DATES.items():
        when = number(statement, name)
        if not when and name.startswith("end_date"):
            continue
        year, month, day = when // 10000, when // 100 % 100, when % 100
        if not first <= when <= last or year < 1 or day > monthrange(year, month)[1]:
            return False
    return True


def ends_do_not_come_first(statement) -> bool:
    ends = [number(statement, name) for name in DATES if name.startswith("end_date")]
    return all(end >= number(statement, "application_date") for end in ends if end)


def arrays_rise(statement) -> bool:
    arrays = [value for value in statement.values() if isinstance(value, list)]
    return all(one < next_ for array in arrays for one, next_ in zip(array, array[1:], strict=False))


def product_number_adds_up(statement) -> bool:
    digits = [int(each) for each in statement.get("content_id", {}).get("EAN-13", "")]
    return not digits or (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def facts_name_nobody(statement) -> bool:
    """No word with an at sign before a dot; no run of nine digits or more that begins like a telephone number."""
    facts = statement["decision_facts"]
    if any("." in word.partition("@")[2].strip(".,;)") for word in facts.split() if "@" in word[1:]):
        return False
    runs, run = [], ""
    for each in facts + "\n":
        if each in "0123456789+ ()":
            run += each
        else:
            runs.append(run.strip(" ()"))
            run = ""
    return not any(run[:1] in ("+", "0") and sum(map(str.isdigit, run)) >= 9 for run in runs)


def whole_characters(statement) -> bool:
    try:
        json.dumps(statement, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


BEYOND_SCHEMA = (
    dates_exist_and_lie_in_range,
    ends_do_not_come_first,
    arrays_rise,
    product_number_adds_up,
    facts_name_nobody,
    whole_characters,
)

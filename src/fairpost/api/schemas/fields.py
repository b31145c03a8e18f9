"""The kinds of values that requests are made of, each with all that JSON Schema can say of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Path
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

HIGHEST = 2**31 - 1  # ids are PostgreSQL integers


class Asked(BaseModel):
    """What a request says. A name that is not declared is an error: it is a slip, and would go unseen."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What an answer says, read off the record of an action or query."""

    model_config = ConfigDict(from_attributes=True)


def text_only(value: Any) -> Any:
    """JSON has no times: they are texts, and a number is a slip (seconds? milliseconds?)."""
    if not isinstance(value, str):
        raise ValueError("a text is needed here")
    return value


Id = Annotated[StrictInt, Field(ge=1, le=HIGHEST)]
PathId = Annotated[int, Path(ge=1, le=HIGHEST)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=200)]
Line = Annotated[StrictStr, Field(max_length=500)]
Block = Annotated[StrictStr, Field(max_length=2000)]
Address = Annotated[StrictStr, Field(min_length=3, max_length=320, description="A mail address.")]
Yes = StrictBool
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(text_only, json_schema_input_type=datetime),
    Field(description="ISO 8601 with zone, such as 2027-03-01T09:00:00+01:00."),
]
Day = Annotated[date, BeforeValidator(text_only, json_schema_input_type=date), Field(description="YYYY-MM-DD.")]
Reason = Annotated[StrictStr | None, Field(max_length=1000, description="Why, for the record.")]


class Because(Asked):
    """A request that says nothing but why."""

    reason: Reason = None


NOTHING = Because()

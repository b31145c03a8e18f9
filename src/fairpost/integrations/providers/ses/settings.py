"""A hook for SES takes posts of one topic only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NEEDS_SECRET = False
INSTALLATION = True
TOPIC = re.compile(r"arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]{3,30}:[0-9]{12}:[A-Za-z0-9_.-]{1,256}")


def check_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """`topic`: the ARN of the topic, pinned: anybody with an account at Amazon can make one and sign posts by it."""
    topic = given.get("topic", "")
    if set(given) - {"topic"} or not TOPIC.fullmatch(topic):
        raise Invalid(
            _("A hook for SES needs the topic that posts to it."),
            field="settings",
            hint=_("Give topic=arn:aws:sns:REGION:ACCOUNT:NAME."),
        )
    return {"topic": topic}

"""Reads what SNS posts: a question whether it may post here, or what SES says of a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fairpost.engine.outcomes.evidence import Evidence
from fairpost.engine.outcomes.failed_recipient import Class, FailedRecipient
from fairpost.engine.outcomes.ses_notice import from_data
from fairpost.engine.outcomes.verdict import judge
from fairpost.integrations.providers.happenings import Bounced, Complained, Confirm, Happening
from fairpost.integrations.providers.json_body import objects_of, read_object, text_of, time_of

MOST_HEADERS = 200
NAMED_IN = ("message-id", "return-path")
# What SES says where the receiving server said nothing itself ("Bounce types": sub types).
BY_SUB_TYPE: dict[str, Class] = {
    "NoEmail": "unknown_user",
    "General": "unknown_user",
    "MailboxFull": "mailbox_full",
    "MessageTooLarge": "too_big",
    "ContentRejected": "content",
    "AttachmentRejected": "content",
}
SAYS_LITTLE = 0.8


def read(body: bytes) -> Sequence[Happening]:
    """Bounces and complaints; deliveries and what else SES may tell are nothing here."""
    post = read_object(body)
    if post.get("Type") == "SubscriptionConfirmation":
        return [Confirm(text_of(post, "SubscribeURL", 2000))]
    if post.get("Type") != "Notification":
        return []
    # SNS sends a line of plain text when a topic is set up: no JSON, and no fault.
    message = text_of(post, "Message", 300_000)
    return of_mail(read_object(message)) if message.lstrip().startswith("{") else []


def of_mail(data: dict[str, Any]) -> list[Happening]:
    posted = from_data(data)
    kind = str(data.get("notificationType") or data.get("eventType") or "").lower()
    if posted is None or kind not in ("bounce", "complaint"):
        return []
    about, names = data[kind], names_of(data.get("mail"))
    number, at = text_of(about, "feedbackId", 200), time_of(about.get("timestamp"))
    if posted.complaint:
        said = text_of(about, "complaintFeedbackType", 40) or "abuse"
        return [Complained(number, names, each.recipient, said, at) for each in posted.people]
    permanent, sub_type = about.get("bounceType") == "Permanent", text_of(about, "bounceSubType", 60)
    return [Bounced(number, names, judged(each, permanent, sub_type), at) for each in posted.people]


def judged(evidence: Evidence, permanent: bool, sub_type: str) -> FailedRecipient:
    """What the receiving server said decides; SES knows better only whether it would ever take the mail."""
    found = judge(evidence)
    if found.cls == "other" and sub_type in BY_SUB_TYPE:
        cls = BY_SUB_TYPE[sub_type] if permanent or sub_type not in ("NoEmail", "General") else "temporary"
        found = replace(found, cls=cls, hard=cls == "unknown_user", confidence=max(found.confidence, SAYS_LITTLE))
    if found.hard and not permanent:
        return replace(found, cls="temporary", hard=False)
    return found


def names_of(mail: object) -> tuple[str, ...]:
    """Message-ID and return path as Fairpost wrote them; SES puts an id of its own into the mail, and ours here."""
    if not isinstance(mail, dict):
        return ()
    headers = objects_of(mail.get("headers"), MOST_HEADERS)
    found = [text_of(each, "value") for each in headers if text_of(each, "name").lower() in NAMED_IN]
    common = mail.get("commonHeaders")
    if isinstance(common, dict):
        found += [text_of(common, "messageId"), text_of(common, "returnPath")]
    return tuple(dict.fromkeys(each for each in [text_of(mail, "source"), *found] if each))

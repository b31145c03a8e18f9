"""Notices word for word, what became of each, and what is still to be posted."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """One notice to one recipient, never changed (migration 0003).

    `content` is {subject, text, html} as JSON, sealed under the key of `content_subject`; `sha256` is of that JSON, in
    the open. `address` is sealed under the key of `address_subject`. `reference` names what it is about beside a
    decision: `appeal:3`, `campaign:3/88`, `report:7`, `outside_contact:5`. `outside_contact_id` is no foreign key: a
    contact may go, what was sent to it stays.
    """

    why = models.TextField()
    decision = models.ForeignKey("enforcement.Decision", models.PROTECT, null=True, related_name="notices")
    measures = models.JSONField(default=list)
    reference = models.TextField(default="", blank=True)
    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("tenants.Organisation", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    outside_contact_id = models.IntegerField(null=True)
    address_subject = models.TextField()
    address = models.BinaryField()
    content_subject = models.TextField()
    content = models.BinaryField()
    sha256 = models.TextField()
    language = models.TextField()
    message_id = models.TextField(unique=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "notice"
        indexes = [
            models.Index(fields=["account", "id"], name="notice_of_account"),
            models.Index(fields=["decision", "id"], name="notice_of_decision"),
        ]


class NoticeEvent(models.Model):
    """One thing that became of a notice; only ever added.

    `what` is queued, withheld, released, handed_over, deferred, failed, delivered, viewed, acknowledged or resent.
    `sealed` is the message as it was handed over, under the key of the notice's content.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="events")
    what = models.TextField()
    at = models.DateTimeField()
    person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "notice_event"
        indexes = [models.Index(fields=["notice", "id"], name="notice_event_in_order")]


class NoticePost(models.Model):
    """Whether a notice is still to be posted, when, and who is at it; the only part that changes."""

    notice = models.OneToOneField(Notice, models.PROTECT, primary_key=True, related_name="post")
    state = models.TextField(default="queued")
    next_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_post"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "handed_over", "failed", "withheld"]), name="notice_post_state"
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="queued"), name="notice_post_due"),
        ]

"""`fairpost mailin dmarc`, `tls` and `taken`: what receivers report of a domain, and how much mail came back.

What needs Django is imported when it is called: other commands of the group do without.
"""

from __future__ import annotations

import click

from fairpost.cli.mailin import command
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.text import _

days_option = click.option("--days", type=click.IntRange(1, 400), default=30, help="Of so many days; default: 30.")


@command.command("dmarc")
@click.argument("domain")
@days_option
@account_option
@json_option
def dmarc(domain, days, account, as_json):
    """Show what receivers report of mail from DOMAIN: from which addresses, and whether DMARC passed."""
    from fairpost.events.queries.receiver_reports import dmarc_summary

    actor = acting()
    found = dmarc_summary(actor, resolve_account(actor, account), domain, days=days)
    if as_json:
        emit(found, True)
        return
    click.echo(
        _("{domain}: {messages} messages in {reports} reports of {days} days, {passed} passed DMARC.").format(
            domain=found.domain, messages=found.messages, reports=len(found.reports), days=days, passed=found.passed
        )
    )
    emit(found.sources, False)


@command.command("tls")
@click.argument("domain")
@days_option
@account_option
@json_option
def tls(domain, days, account, as_json):
    """Show what senders report of TLS when they wrote to DOMAIN."""
    from fairpost.events.queries.receiver_reports import tls_reports

    actor = acting()
    emit(tls_reports(actor, resolve_account(actor, account), domain, days=days), as_json)


@command.command("taken")
@click.option("--nobodys", is_flag=True, help="What was nobody's, instead of an account's.")
@days_option
@account_option
@json_option
def taken(nobodys, days, account, as_json):
    """Show how many mails of each kind came back, by day."""
    from fairpost.events.queries.returned_mail import mail_taken

    actor = acting()
    emit(mail_taken(actor, None if nobodys else resolve_account(actor, account), days=days), as_json)

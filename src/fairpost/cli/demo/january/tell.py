"""What everybody gets to see: notices, the status of an account, the register, the export; each looked at as it is."""

from __future__ import annotations

import json
import textwrap

import click

from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.chain.walk import verify
from fairpost.cli.demo.january.cast import CANDIDATE, COMMITTEE, FUND, Account, Cast
from fairpost.enforcement.dsa.validate import validate
from fairpost.enforcement.queries.notices import Wanted as WantedNotices
from fairpost.enforcement.queries.notices import notice, notices
from fairpost.enforcement.queries.register import register_entry
from fairpost.enforcement.queries.restrictions import status
from fairpost.enforcement.queries.statements import ExportedStatement, NotExported, Wanted, statements
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.tenants.actors import local_operator


def show_notices(cast: Cast, decision_id: int, posted: int) -> None:
    """Each participant has been told; the first notice is shown whole, as it was sent."""
    click.secho("\n" + _("6. Everybody concerned was told before the decision was in force"), bold=True)
    operator = local_operator()
    rows = notices(operator, None, WantedNotices(decision_id=decision_id))
    whole = [notice(operator, None, each.id) for each in rows]
    for each in whole:
        click.echo(f"   {each.number} {each.language} {each.state}: {each.to}, {each.address}")
    for name in (COMMITTEE, CANDIDATE, FUND):
        if not any(name in (each.text or "") for each in whole):
            raise Unavailable(_("{name} was not told.").format(name=name))
    first = whole[-1]
    click.echo(textwrap.indent(f"{first.subject}\n\n{first.text}", "   | "))
    if posted < len(rows):
        raise Unavailable(_("Only {posted} of {all} notices were handed over.").format(posted=posted, all=len(rows)))


def show_status(account: Account) -> None:
    """Both the customer's own pause and the measures, with who began them."""
    found = status(account.owner, account.number)
    for each in found.restrictions:
        click.echo(f"   {each.name}: {each.kind}, {each.since:%d %B %Y %H:%M}, {each.begun_by}")
    if {each.source for each in found.restrictions} != {"measure", "pause"}:
        raise Unavailable(_("The status page does not show both the pause and the measures."))


def show_register(cast: Cast, decision_id: int) -> None:
    click.secho("\n" + _("8. The register"), bold=True)
    entry = register_entry(cast.staff["reviewer"], decision_id)
    click.echo(f"   {entry.url} ({entry.visibility}): " + ", ".join(f"{m}: {s}" for m, s in entry.states.items()))
    for each in entry.statements:
        click.echo(f"   - {each.kind} {each.at:%d %B %Y}")


def show_export(cast: Cast, decision_id: int) -> None:
    """Every statement of reasons is valid; what has none says why. The record's chain is whole."""
    click.secho("\n" + _("10. The export, and the record"), bold=True)
    for each in statements(cast.staff["reviewer"], Wanted(decision_id=decision_id)):
        if isinstance(each, NotExported):
            click.echo(f"   {each.measure}: {each.reason}")
        elif isinstance(each, ExportedStatement):
            findings = validate(each.statement)
            if findings:
                raise Unavailable(f"{each.puid}: {findings[0]}")
            click.echo(f"   {each.puid}: {json.dumps(each.statement, ensure_ascii=False)[:200]}...")
    while seal_events():
        pass
    verdict = verify()
    click.echo(_("   the record: {seals:,} events sealed, {faults} faults").format(
        seals=verdict.sequence, faults=verdict.count))  # fmt: skip
    if verdict.count:
        raise Unavailable(_("The record's chain is broken."))

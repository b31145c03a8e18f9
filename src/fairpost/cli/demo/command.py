"""The demo as it runs: one step after the other, each said in a line, and a report at the end."""

from __future__ import annotations

import time
from pathlib import Path

import click
from django.conf import settings

from fairpost.campaigns.actions.create_campaign import create_campaign
from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.campaigns.queries.audience import audience_preview
from fairpost.campaigns.queries.campaigns import CampaignStatus
from fairpost.campaigns.queries.mail import mail_preview
from fairpost.cli.demo import answers
from fairpost.cli.demo.cast import Cast, make_cast
from fairpost.cli.demo.january.command import command as january
from fairpost.cli.demo.people import write_people
from fairpost.cli.demo.post import edge_and_intake, sink_and_senders
from fairpost.cli.demo.verify import Verified, verify_sample
from fairpost.cli.import_progress import shown_progress
from fairpost.cli.progress import follow
from fairpost.cli.session import accounts_of
from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.import_contacts import Source, import_contacts
from fairpost.contacts.queries.imports import ImportSummary
from fairpost.contacts.queries.suppressed import suppressed_addresses
from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.save_content_version import save_content_version
from fairpost.content.starters import starter
from fairpost.delivery.actions.create_relay import create_relay
from fairpost.delivery.queries.relays import pool_for
from fairpost.engine.transport.recording_sink import Recording
from fairpost.events.queries.results import Results, results
from fairpost.events.reports.scope import Scope
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience
from fairpost.tenants.actors import local_operator


@click.group("demo", invoke_without_command=True)
@click.option("--contacts", default=100_000, show_default=True, type=click.IntRange(1000), help="Rows of the CSV file.")
@click.pass_context
def command(context: click.Context, contacts: int) -> None:
    """Run the main job here from end to end: CSV file, contacts, campaign, signed mail, report. Asks nothing."""
    if context.invoked_subcommand is None:
        run(contacts)


command.add_command(january)


def run(contacts: int) -> None:
    actor = local_operator()
    number = 1 + sum(slug.startswith("demo-") for _id, slug, _name in accounts_of(actor))
    folder = Path(settings.FAIRPOST.data_dir).absolute() / "runs" / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    step(_("1. Organisations, an account with two business units, a joint sender of three, an identity with its key"))
    cast = make_cast(actor, number)
    step(_("2. A CSV file of {count:,} invented people, some with mistakes, is imported").format(count=contacts))
    imported = import_people(actor, cast, folder, contacts)
    step(_("3. A campaign from an MJML template with donation links"))
    with sink_and_senders(folder / "mails", folder / "logs") as port:
        campaign_id = prepare(actor, cast, imported_list(imported), port)
        show(actor, cast, campaign_id, folder)
        step(_("4. It is sent over SMTP, signed, to the recording sink"))
        sending = time.monotonic()
        send_campaign(actor=actor, account_id=cast.account_id, campaign_id=campaign_id)
        status = follow(actor, cast.account_id, campaign_id)
        seconds = time.monotonic() - sending
    step(_("5. A sample of what arrived is verified with dkimpy and Python's email package"))
    recording = Recording(folder / "mails")
    verified = verify_sample(recording, cast.records, cast.domain)
    step(_("6. Some recipients answer: the edge takes clicks, the mail intake bounces, a platform tells of donations"))
    wrong = let_answer(actor, cast, campaign_id, recording, folder / "logs")
    report(imported[0], status, verified, seconds, folder, time.monotonic() - began)
    refuse_wrong(status, verified, wrong)


def step(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def import_people(actor: Actor, cast: Cast, folder: Path, contacts: int) -> tuple[ImportSummary, int]:
    path = folder / "supporters.csv"
    write_people(path, contacts)
    list_id = create_list(actor=actor, account_id=cast.account_id, name="Supporters", unit_id=cast.unit_id)
    with shown_progress() as watch:
        summary = import_contacts(
            actor=actor,
            account_id=cast.account_id,
            source=Source(path, path.name),
            consent=_("Invented people of the demo; nobody was asked, nobody is written to."),
            list_id=list_id,
            unit_id=cast.unit_id,
            watch=watch,
        )
    click.echo(
        _("   {new:,} contacts, {rejected} rows rejected, {doubled} duplicates").format(
            new=summary.new, rejected=summary.rejected, doubled=summary.duplicates
        )
    )
    return summary, list_id


def imported_list(imported: tuple[ImportSummary, int]) -> int:
    return imported[1]


def prepare(actor: Actor, cast: Cast, list_id: int, port: int) -> int:
    create_relay(
        actor=actor, name="sink", host="127.0.0.1", port=port, tls="none", pool="sink", pool_account_id=cast.account_id
    )
    source = starter("fundraising")
    draft = create_template(
        actor=actor,
        account_id=cast.account_id,
        unit_id=cast.unit_id,
        name="Winter appeal",
        subject=source.subject,
        preheader=source.preheader,
        mjml=source.mjml,
    )
    version = save_content_version(
        actor=actor, account_id=cast.account_id, template_id=draft.id, identity_id=cast.identity_id
    )
    click.echo(_("   content version {hash}, {size:,} bytes of HTML").format(hash=version.hash[:12], size=version.size))
    for finding in version.findings:
        click.echo(f"   {state_in_words(finding.level)}: {finding.message}")
    return create_campaign(
        actor=actor,
        account_id=cast.account_id,
        name="Winter appeal",
        identity_id=cast.identity_id,
        content_version_id=version.id,
        audience=Audience(lists=(list_id,)),
        pool_id=pool_for(cast.account_id),
    ).id


def show(actor: Actor, cast: Cast, campaign_id: int, folder: Path) -> None:
    audience = audience_preview(actor, cast.account_id, campaign_id)
    click.echo(
        _("   audience: {recipients:,} of {selected:,} selected ({excluded} excluded, {suppressed} suppressed)").format(
            recipients=audience.recipients,
            selected=audience.selected,
            excluded=audience.excluded,
            suppressed=audience.suppressed,
        )
    )
    mail = mail_preview(actor, cast.account_id, campaign_id)
    (folder / "preview.html").write_text(mail.html)
    (folder / "preview.eml").write_bytes(mail.message)
    click.echo(_("   the mail for {recipient}: {subject}").format(recipient=mail.recipient, subject=mail.subject))
    for line in mail.text.splitlines()[:12]:
        click.echo(f"   | {line}")
    click.echo(_("   | ... the whole of it: {path}").format(path=folder / "preview.html"))


def let_answer(actor: Actor, cast: Cast, campaign_id: int, recording: Recording, logs: Path) -> list[str]:
    """What did not come out as it must, normally nothing."""
    entries = list(recording)[: answers.ALL]
    mails = [answers.received(recording, each) for each in entries]
    with edge_and_intake(logs) as (edge, intake):
        feedback = settings.FAIRPOST.feedback_address or f"fbl@{settings.FAIRPOST.platform_host}"
        wrong = answers.answer(mails, answers.Edge(edge), intake, feedback, actor, cast.account_id)
        found, differing = came_to(actor, cast.account_id, campaign_id, mails)
    deeds = (
        (_("opened"), found.opened),
        (_("clicked"), found.clicked),
        (_("unsubscribed"), found.unsubscribed),
        (_("complained"), found.complained),
    )
    for name, deed in deeds:
        apart = _(" (and {machines:,} by machines)").format(machines=deed.machine_people) if deed.machine_people else ""
        click.echo(f"   {name}: {deed.people:,}{apart}")
    click.echo(_("   returned: {returned:,}").format(returned=found.returned))
    for each in found.donated or ():
        line = _("   donated: {raised} {currency} in {gifts:,} gifts")
        click.echo(line.format(raised=each.raised, currency=each.currency, gifts=each.gifts))
    return [*wrong, *differing]


def came_to(
    actor: Actor, account_id: int, campaign_id: int, mails: list[answers.Received]
) -> tuple[Results, list[str]]:
    """The report once all is folded, or as it is after half a minute, and what differs from what was done."""
    deadline = time.monotonic() + 30
    while True:
        found = results(actor, account_id, Scope(campaign_id=campaign_id))
        differing = answers.differing(found, suppressed_of(account_id, mails))
        if not differing or time.monotonic() > deadline:
            return found, differing
        time.sleep(0.5)


def suppressed_of(account_id: int, mails: list[answers.Received]) -> int:
    """How many of these recipients are left alone from now on."""
    gone = {each.address for each in suppressed_addresses(account_id, limit=10_000)}
    return sum(each.recipient.casefold() in gone for each in mails)


def report(
    imported: ImportSummary, status: CampaignStatus, verified: Verified, seconds: float, folder: Path, whole: float
) -> None:
    counts = status.progress
    assert counts is not None
    step(_("Report"))
    lines = [
        (_("sent"), f"{counts.accepted:,} / {counts.audience:,}"),
        (
            _("received at the sink"),
            _("{received:,} ({doubled} doubled)").format(received=verified.received, doubled=verified.doubled),
        ),
        (_("rate"), f"{counts.accepted / seconds:,.0f}/s"),
        (_("not sent"), "; ".join(f"{state_in_words(s)}, {r}: {c}" for s, r, c in counts.reasons) or "0"),
        (_("verified"), _("{n} mails: {bad} complaints").format(n=verified.looked_at, bad=len(verified.complaints))),
        (_("rejected rows"), f"{imported.rejected}"),
        (_("mails"), str(folder / "mails")),
        (_("rejects"), imported.rejects_file or "-"),
        (_("preview"), str(folder / "preview.html")),
        (_("whole demo"), f"{whole:.0f} s"),
    ]
    width = max(len(name) for name, _value in lines)
    for name, value in lines:
        click.echo(f"   {name:<{width}}  {value}")
    click.echo(_("   why rows were rejected:"))
    for reason, count in sorted(imported.reasons.items(), key=lambda each: -each[1]):
        click.echo(f"   {count:>6}  {reason}")


def refuse_wrong(status: CampaignStatus, verified: Verified, wrong: list[str]) -> None:
    """A demo that went wrong says so and fails."""
    counts = status.progress
    assert counts is not None
    for recipient, complaint in verified.complaints[:10]:
        click.echo(f"   {recipient}: {complaint}", err=True)
    for each in wrong:
        click.echo(f"   {each}", err=True)
    if counts.accepted != counts.audience or verified.received != counts.accepted or verified.complaints or wrong:
        raise Unavailable(_("The demo did not come out right: see the report above."))

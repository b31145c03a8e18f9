"""An installation of the benchmarks' own: account, identity, contacts, relay, counting sink, senders.

It lives in a folder of its own (FAIRPOST_BENCH_DIR, default var/bench) and is kept between runs; contacts are generated
in the database.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("FAIRPOST_BENCH_DIR", "var/bench")).absolute()

TEXT = """Dear {{ first_name }},

the letter is in the other part.

{{ disclaimer }}
{{ postal_address }}
{{ unsubscribe_url }}
"""


def prepare(**settings: str) -> None:
    """Sets this process and its children up on the benchmarks' installation. Call it before importing models."""
    os.environ.setdefault("FAIRPOST_DATA_DIR", str(FOLDER))
    os.environ.setdefault("FAIRPOST_LOG_LEVEL", "warning")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fairpost.runtime.settings"
    for name, value in settings.items():
        os.environ[f"FAIRPOST_{name.upper()}"] = value
    if not os.environ.get("DATABASE_URL"):
        run_fairpost("db", "start")
        atexit.register(run_fairpost, "db", "stop")
    run_fairpost("db", "migrate")
    import django

    django.setup()


def run_fairpost(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "fairpost.runtime", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"fairpost {' '.join(arguments)} failed: {done.stderr}")


@dataclass
class Stage:
    """What a bench sends with. `actor` may do everything."""

    actor: Any
    account_id: int
    identity_id: int
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def spawn(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        options.setdefault("stdout", sys.stderr)  # standard output is for figures
        child = subprocess.Popen([sys.executable, "-m", "fairpost.runtime", *arguments], **options)
        self.children.append(child)
        return child

    def end(self) -> None:
        for child in reversed(self.children):  # senders before the sink that they talk to
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
        self.children.clear()


def build() -> Stage:
    """The account `bench` with an identity and its key; made once."""
    from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
    from fairpost.tenants.actions.create_account import create_account
    from fairpost.tenants.actions.create_identity import create_identity
    from fairpost.tenants.actions.create_organisation import create_organisation
    from fairpost.tenants.actors import local_operator
    from fairpost.tenants.queries.dkim_keys import identity_keys

    actor = local_operator()
    found = one("SELECT id FROM account WHERE slug = 'bench'")
    if found is None:
        holder = create_organisation(
            actor=actor, account_id=None, name="Bench", postal_address="1 Test Street, 12345 Town"
        )
        account_id = create_account(actor=actor, holder_id=holder, slug="bench", name="Bench")
        identity_id = create_identity(
            actor=actor, account_id=account_id, from_name="Bench", from_address="news@bench.example"
        )
        for key in identity_keys(account_id, identity_id):
            activate_dkim_key(actor=actor, account_id=account_id, key_id=key.id, force=True)
    account_id = one("SELECT id FROM account WHERE slug = 'bench'")
    identity_id = one("SELECT id FROM sender_identity WHERE account_id = %s ORDER BY id LIMIT 1", account_id)
    # Campaigns that an interrupted run left behind would be sent with this one.
    execute("UPDATE dispatch SET state = 'cancelled' WHERE state NOT IN ('finished', 'cancelled')")
    return Stage(actor, account_id, identity_id)


def one(sql: str, *values: Any) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


def execute(sql: str, *values: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def contacts(stage: Stage, count: int) -> None:
    """Sees to it that the account has exactly `count` contacts, generated in the database."""
    have = one("SELECT count(*) FROM contact WHERE account_id = %s", stage.account_id)
    if have == count:
        return
    execute("DELETE FROM contact WHERE account_id = %s AND ordinal > %s", stage.account_id, count)
    execute(
        "INSERT INTO contact (account_id, ordinal, canonical, attributes, created_at, updated_at)"
        " SELECT %s, n, 'contact' || n || '@example' || n %% 97 || '.test',"
        "  jsonb_build_object('first_name', 'Name' || n, 'city', 'City ' || n %% 1000, 'amount', n %% 500),"
        "  '2026-01-01Z', '2026-01-01Z' FROM generate_series(%s::int + 1, %s::int) AS n ON CONFLICT DO NOTHING",
        stage.account_id,
        min(have, count),
        count,
    )
    execute("INSERT INTO contact_ordinal VALUES (%s, %s) ON CONFLICT (account_id) DO UPDATE SET next = EXCLUDED.next",
            stage.account_id, count + 1)  # fmt: skip
    execute("VACUUM ANALYZE contact")


def content(stage: Stage, size: int) -> int:
    """A content version whose messages have about `size` bytes: ten tracked links, personalised text, filler."""
    from fairpost.content.actions.create_template import create_template
    from fairpost.content.actions.save_content_version import save_content_version

    links = "".join(
        f'<p><a href="https://www.bench.example/page/{number}?from=mail">Read part {number}</a></p>'
        for number in range(9)
    )
    sentence = "<p>The quick brown fox jumps over the lazy dog while the committee counts its many letters.</p>\n"
    filler = sentence * max(0, round((size - 2685) / 102.8))  # as measured on encoded messages
    html = (
        "<html><body><p>Dear {{ first_name | default: 'friend' }},</p>"
        "<p>greetings to {{ city }}. Could you give {{ amount }} euros?</p>"
        f'{links}<p><a href="https://give.bench.example/now" data-donation>Give now</a></p>{filler}'
        "<p>{{ disclaimer }}<br>{{ postal_address }}</p>"
        '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>'
    )
    name = f"bench {size} {time.time_ns()}"
    draft = create_template(
        actor=stage.actor,
        account_id=stage.account_id,
        name=name,
        subject="A letter for {{ first_name }}",
        html=html,
        text=TEXT,
    )
    version = save_content_version(
        actor=stage.actor, account_id=stage.account_id, template_id=draft.id, identity_id=stage.identity_id
    )
    return version.id


def relay(stage: Stage, port: int, *, signs: bool = False) -> int:
    """A pool with one relay: the sink on `port`. Returns the pool's number."""
    from fairpost.delivery.actions.create_relay import create_relay

    name = f"sink {port} {time.time_ns()}"
    create_relay(
        actor=stage.actor, name=name, host="127.0.0.1", port=port, tls="none", pool=name, signs=signs
    )
    return one("SELECT id FROM relay_pool WHERE name = %s", name)


def sink(stage: Stage, records: Path | None = None) -> tuple[int, Path]:
    """Starts a counting sink. Returns its port and its file of figures."""
    stats = FOLDER / f"sink-{time.time_ns()}.json"
    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["sink", "--count", "--port", "0", "--stats", str(stats), "--json"]
    if records is not None:
        arguments += ["--records", str(records)]
    child = stage.spawn(*arguments, stdout=subprocess.PIPE)
    assert child.stdout is not None
    return json.loads(child.stdout.readline())["port"], stats


def figures_of(stats: Path) -> dict[str, Any]:
    """The sink's figures, at most a second old; zero messages where nothing came yet."""
    try:
        return json.loads(stats.read_text())
    except FileNotFoundError:
        return {"messages": 0, "recipients": 0, "doubled": 0, "first": 0.0, "last": 0.0, "rate": 0.0}


def campaign(stage: Stage, version: int, pool: int) -> int:
    """A draft to everyone."""
    from fairpost.campaigns.actions.create_campaign import create_campaign
    from fairpost.segments.audience import Audience

    return create_campaign(
        actor=stage.actor,
        account_id=stage.account_id,
        name=f"bench {time.time_ns()}",
        identity_id=stage.identity_id,
        content_version_id=version,
        audience=Audience(everyone=True),
        pool_id=pool,
    ).id


def start(stage: Stage, campaign_id: int) -> None:
    from fairpost.campaigns.actions.send_campaign import send_campaign

    send_campaign(actor=stage.actor, account_id=stage.account_id, campaign_id=campaign_id)


def status(stage: Stage, campaign_id: int) -> Any:
    from fairpost.delivery.queries.progress import progress

    return progress(stage.account_id, campaign_id)


def senders(stage: Stage, processes: int) -> subprocess.Popen[bytes]:
    """Starts senders and waits until their permits are alive."""
    child = stage.spawn("sender", "--processes", str(processes))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        alive = one("SELECT count(*) FROM sender WHERE granted_at + interval '1 second' > clock_timestamp()")
        if alive >= processes:
            return child
        time.sleep(0.1)
    raise SystemExit("the senders did not come up within 60 s")

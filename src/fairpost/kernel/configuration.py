"""Every setting of Fairpost, declared once: name, type, default and what it is for.

A setting `data_dir` is read from the environment as FAIRPOST_DATA_DIR, else from the settings file (TOML, key
`data_dir`), else it has its default. DATABASE_URL without prefix is honoured too, as every host sets it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit


def setting(default: Any, help: str) -> Any:
    """A configuration field with its line for the reference documentation."""
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True, slots=True)
class Configuration:
    data_dir: str = setting(
        "fairpost-data", "Folder of everything this machine keeps: database, keys, journals, mails."
    )
    database_url: str = setting("", "PostgreSQL to use (postgresql://...); empty starts the embedded one.")
    database_options: str = setting(
        "", "PostgreSQL settings for the embedded server: name=value, with semicolons between."
    )
    keyring: str = setting(
        "", "File of the installation's key ring; empty means keyring.json in the data folder."
    )
    platform_host: str = setting(
        "localhost", "Host name of the platform in links, unsubscribe addresses and Message-ID."
    )
    platform_url: str = setting(
        "http://localhost:8025", "Address of this installation's public pages, without final slash."
    )
    platform_dkim_selector: str = setting(
        "", "Selector of the platform's own DKIM signature; empty means none is added."
    )
    platform_from: str = setting(
        "", "Address that notices come from; empty means notices@ and the platform's host name."
    )
    platform_contact: str = setting("", "Address for questions and appeals in notices; empty means platform_from.")
    platform_pool: str = setting(
        "platform", "Relay pool for the platform's own mail; where there is none, the installation's first pool."
    )
    return_path_domain: str = setting("bounces.localhost", "Domain of the return path of every mail.")
    helo_name: str = setting("localhost", "Name given in EHLO to relays.")
    web_bind: str = setting("127.0.0.1:8025", "Address and port of web pages and API.")
    web_processes: int = setting(1, "Processes that serve pages and API.")
    web_threads: int = setting(0, "Requests that each answers at once; 0 means twice the machine's cores plus one.")
    edge_bind: str = setting("127.0.0.1:8026", "Address and port of opens, clicks, unsubscribing and provider posts.")
    edge_processes: int = setting(1, "Processes that serve these.")
    edge_url: str = setting(
        "",
        "Public address of the edge, without final slash; empty means platform_url, or its own port where that is"
        " localhost.",
    )
    tracking_honeypot: str = setting(
        "on", "on or off: whether tracked mail carries a link that no person sees, by which machines are told."
    )
    api_requests_per_minute: int = setting(600, "Requests that each API key may send a minute; more get 429.")
    api_body_megabytes: int = setting(10, "Largest JSON body that the API takes, in megabytes.")
    upload_megabytes: int = setting(4000, "Largest file that the API takes for an import, in megabytes.")
    sender_processes: int = setting(2, "Sending processes that `fairpost sender` and `fairpost serve` start.")
    sender_connections: int = setting(16, "SMTP connections per sending process.")
    sending_addresses: str = setting(
        "", "IP addresses or networks from which the relays send, with commas: what SPF checks look for."
    )
    spf_include: str = setting("", "Name that senders include in their SPF record (it lists those addresses).")
    nameservers: str = setting(
        "", "DNS servers to ask (address or address:port, with commas); empty means the system's."
    )
    dsa_export: str = setting("on", "on or off: whether statements of reasons may be exported for the DSA database.")
    dsa_puid_prefix: str = setting(
        "fairpost", "First part of every exported statement's puid: letters, digits, hyphens, underscores."
    )
    dsa_territories: str = setting(
        "", "Country codes for which measures are stated, with commas; empty means all 30 of the EEA."
    )
    dsa_settling_hours: int = setting(24, "Hours that a measure must have been in force before it is exported.")
    dsa_platform_holds_money: str = setting(
        "no", "yes where donations pass through accounts of the platform, so that a measure may stop payments; else no."
    )
    language: str = setting("en", "Language of pages and commands unless a person chose one: en, fr or it.")
    territory_attribute: str = setting(
        "country", "Attribute of contacts that says their territory, for measures that select by it."
    )
    donation_window_days: int = setting(
        30, "Days from a campaign's start within which a donation with its reference is attributed to it."
    )
    register_publish: str = setting(
        "after_appeal",
        "When entries of the register become public: after_appeal (appeal decided, or its window over) or at_once.",
    )
    report_requests_per_hour: int = setting(
        20, "Reports that the public form takes from one network address an hour; 0 means any number."
    )
    signup_requests_per_hour: int = setting(
        30, "Sign-ups that public forms take from one network address an hour; 0 means any number."
    )
    appeal_overdue: str = setting(
        "escalate",
        "What happens to an appeal that is overdue: escalate, or stay (escalate, and stay what is in force).",
    )
    strike_days: int = setting(180, "Days after which a strike expires.")
    strike_threshold: int = setting(3, "Active strikes of one organisation that open a case.")
    webhook_allow_private: str = setting(
        "",
        "Networks that are not public and that webhooks may reach all the same, with commas; empty means none.",
    )
    webhook_http: str = setting("no", "yes or no: whether webhooks may go to http:// addresses, unencrypted.")
    webhook_ports: str = setting("", "Ports that webhooks may go to beside 443, with commas.")
    mailin_bind: str = setting(
        "127.0.0.1:8027", "Address and port where returned mail is taken by SMTP; empty means not at all."
    )
    mailin_lmtp_bind: str = setting("", "Address and port where it is taken by LMTP; empty means not at all.")
    mailin_megabytes: int = setting(50, "Largest message that is taken there, in megabytes.")
    reports_address: str = setting(
        "", "Address for DMARC and TLS reports of receivers; empty means dmarc@ and the platform's host name."
    )
    feedback_address: str = setting(
        "", "Address for complaints that mailbox providers send; empty means fbl@ and the platform's host name."
    )
    soft_bounce_limit: int = setting(
        5, "Campaigns that must bounce softly, over a week or more, to suppress a contact; 0 means that none do."
    )
    watch_complaints: str = setting(
        "0.10,0.20,0.30", "Complaints in percent of accepted mail at which the watch warns, proposes a limit, brakes."
    )
    watch_hard_bounces: str = setting("5,10", "Hard bounces in percent at which the watch proposes a limit, brakes.")
    watch_volume: int = setting(2000, "Messages below which the watch makes no rate.")
    watch_clause: str = setting("consent", "Clause of the policy under which the watch brakes and proposes.")
    log_level: str = setting("info", "debug, info, warning or error.")

    @property
    def links_url(self) -> str:
        """Where mail's links for opens, clicks and unsubscribing lead, without final slash."""
        parts = urlsplit(self.platform_url)
        if self.edge_url or parts.hostname != "localhost":
            return (self.edge_url or self.platform_url).rstrip("/")
        return f"{parts.scheme}://localhost:{self.edge_bind.rpartition(':')[2]}"


def documented() -> list[tuple[str, str, str]]:
    """(environment name, default, help) of every setting, in order."""
    return [(f"FAIRPOST_{f.name.upper()}", str(f.default), f.metadata["help"]) for f in fields(Configuration)]

"""A plain address is ASCII, lower case and needs no second look: one expression decides.

RFC 5321 limits (64 octets before the @, 63 a label, 254 in all) and dot-atoms only. Whatever does not match
is not thereby wrong: `address.parse_address` decides then.
"""

from __future__ import annotations

import re

# Mailboxes of a function, not of a person who could have agreed to mail (RFC 2142, and what machines use).
ROLES = frozenset(
    [
        "abuse",
        "admin",
        "administrator",
        "daemon",
        "donotreply",
        "do-not-reply",
        "do_not_reply",
        "ftp",
        "hostmaster",
        "listserv",
        "mailer-daemon",
        "mailerdaemon",
        "majordomo",
        "news",
        "no-reply",
        "no_reply",
        "noc",
        "noreply",
        "nobody",
        "null",
        "postmaster",
        "root",
        "security",
        "spam",
        "ssladmin",
        "sysadmin",
        "usenet",
        "uucp",
        "webmaster",
        "www",
    ]
)

ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
TOP = r"(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
ROLE = "|".join(sorted(map(re.escape, ROLES), key=len, reverse=True))
# The same for addresses of at most SHORT characters without xn--, where no length can be exceeded: twice as fast.
SHORT = 64
WORD = r"[a-z0-9]+(?:-+[a-z0-9]+)*"
PLAIN_SHORT = re.compile(rf"(?!(?:{ROLE})@){ATOM}(?:\.{ATOM})*@(?:{WORD}\.)+(?![0-9]){WORD}\Z", re.ASCII)
PLAIN = re.compile(
    rf"(?=[^@]{{1,64}}@)(?=.{{3,254}}\Z)(?!(?:{ROLE})@){ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+{TOP}\Z", re.ASCII
)

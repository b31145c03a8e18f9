"""The kinds of what comes back, and of the machines behind some of it, have numbers that are declared here alone."""

from __future__ import annotations

from fairpost.kernel.text import mark

OPEN = 1
CLICK = 2
UNSUBSCRIBE = 3
COMPLAINT = 4
HARD_BOUNCE = 5
SOFT_BOUNCE = 6
DONATION = 7

BY_MACHINE = 100  # an open or click of a machine is counted under its kind and this

# In the order in which reports name them; the words are for machines to read.
NAMES = {
    OPEN: "open",
    CLICK: "click",
    UNSUBSCRIBE: "unsubscribe",
    COMPLAINT: "complaint",
    HARD_BOUNCE: "hard_bounce",
    SOFT_BOUNCE: "soft_bounce",
    DONATION: "donation",
    OPEN + BY_MACHINE: "machine_open",
    CLICK + BY_MACHINE: "machine_click",
}

# Who did it: 0 is a person as far as anybody can tell.
PERSON = 0
MACHINES = {
    1: mark("fetched ahead by the mail program (Apple Mail Privacy Protection)"),
    2: mark("fetched by the mailbox provider's proxy"),
    3: mark("checked by a security gateway"),
    4: mark("asked for the head only"),
    5: mark("fetched ahead by a browser or preview"),
    6: mark("several links within a second"),
    7: mark("followed the link that no person sees"),
    8: mark("a program, by its own name"),
}
APPLE, PROXY, GATEWAY, HEAD, PREFETCH, BURST, HONEYPOT, PROGRAM = MACHINES

NO_LINK = -1

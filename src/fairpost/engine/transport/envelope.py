"""Decides before anything is written whether a mail can be given to this relay, and words its envelope."""

from __future__ import annotations

from fairpost.engine.ports import Mail, Reply
from fairpost.engine.transport.arguments import check_address, check_sender
from fairpost.engine.transport.content import check_content
from fairpost.engine.transport.greeting import Capabilities


def refusal(mail: Mail, capabilities: Capabilities) -> Reply | None:
    """Why this mail must not be given to a relay with these capabilities, as the reply it stands for; else
    None.

    The stage tells whose fault it is: `rcpt` with 5.1.3 the contact's address, `mail` the sender's address
    or the relay's lack of SMTPUTF8 (RFC 6531) , `data` the content.
    """
    try:
        check_address(mail.recipient)
    except ValueError as error:
        return Reply("rcpt", 553, (5, 1, 3), f"Bad recipient address: {error}.")
    try:
        check_sender(mail.sender)
    except ValueError as error:
        return Reply("mail", 553, (5, 1, 7), f"Bad sender address: {error}.")
    try:
        check_content(mail.content)
    except ValueError as error:
        return Reply("data", 554, (5, 6, 0), f"Bad content: {error}.")
    return limits(mail, capabilities)


def limits(mail: Mail, capabilities: Capabilities) -> Reply | None:
    if not capabilities.smtputf8 and needs_smtputf8(mail):
        return Reply("mail", 553, (5, 6, 7), "The address needs SMTPUTF8 and the relay does not offer it.")
    if not capabilities.eightbit and not mail.content.isascii():
        return Reply(
            "data", 554, (5, 6, 3), "The content has 8-bit characters and the relay does not offer 8BITMIME."
        )
    if capabilities.size and len(mail.content) > capabilities.size:
        return Reply(
            "data", 552, (5, 3, 4), f"The message is larger than the relay's limit of {capabilities.size}."
        )
    return None


def needs_smtputf8(mail: Mail) -> bool:
    return mail.smtputf8 or not (mail.recipient.isascii() and mail.sender.isascii())


def mail_command(mail: Mail) -> bytes:
    """MAIL with the parameters that this mail needs (RFC 6152, RFC 6531), CRLF included."""
    parameters = b"" if mail.content.isascii() else b" BODY=8BITMIME"
    if needs_smtputf8(mail):
        parameters += b" SMTPUTF8"
    return b"MAIL FROM:<" + mail.sender + b">" + parameters + b"\r\n"


def rcpt_command(mail: Mail) -> bytes:
    return b"RCPT TO:<" + mail.recipient + b">\r\n"


def envelope(mail: Mail) -> bytes:
    """MAIL, RCPT and DATA as one group (RFC 2920, 3.1)."""
    return mail_command(mail) + rcpt_command(mail) + b"DATA\r\n"

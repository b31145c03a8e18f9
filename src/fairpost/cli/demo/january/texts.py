"""What the replay's mails say: combative metaphor with a donation ask, plain news, and the facts of the decision."""

from __future__ import annotations

FOOT = (
    "<p>{{ disclaimer }}<br>{{ postal_address }}</p>"
    '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>'
)
ASK = (
    "<html><body><p>{{ first_name | default: 'Friend' }},</p>"
    "<p>they think we will lie down. We will fight like hell for Lakeland, and the fight is tonight.</p>"
    '<p><a href="https://give.lakeland.example/now" data-donation>Chip in 25 to join the fight</a></p>'
)
COMBATIVE = ASK + FOOT
WITH_NOTICE = ASK + "<p>{{ joint_notice }}</p>" + FOOT  # what mail in the name of a joint sender must carry
NEWS = (
    "<html><body><p>{{ first_name | default: 'Friend' }},</p>"
    "<p>the ferry runs again from Monday, and the harbour office opens at eight.</p>" + FOOT
)
SUBJECTS = (
    "The fight is tonight, {{ first_name }}", "They are laughing at us", "FINAL notice", "One hour left",
    "{{ first_name }}, we noticed", "Stand with Mira",
)  # fmt: skip
FACTS = (
    "From 3 November to 6 January the joint sender sent 569 mails, four of them on one morning, each with a donation"
    " ask in words of fighting. On 6 January a crowd entered the assembly. The mails do not call for violence; sent in"
    " these days, to so many, they can be read so."
)
MILDER = "A formal warning, and a request to send no asks for a week."
WHY_NOT = "The next mail is under way while this is decided; a warning would be read after it."
ASSESSMENT = {
    "context": {"text": "A disputed election; a crowd in the assembly today.", "rating": 3},
    "speaker": {"text": "A candidate with a large following.", "rating": 3},
    "intent": {"text": "Raising money; no wish for violence can be read from the mails.", "rating": 1},
    "content_and_form": {"text": "Metaphors of fighting; nobody named as a target.", "rating": 1},
    "extent": {"text": "569 mails in 64 days.", "rating": 3},
    "likelihood": {"text": "Some readers are on the streets at this hour.", "rating": 2},
    "counter_reading": "Fighting is how campaigns speak.",
    "less_restrictive": "Content of this class held, everything else let through.",
    "language": "en",
    "quoted": "fight like hell for Lakeland",
}
CONDITION = "The assembly sits again and no call to gather in the capital is out."
APPEAL = "The mails ask for money in the language every campaign uses. Our own mail was never at issue."
STAY_REFUSED = "The crowds are still in the capital; a week's wait does less harm than a mail misread."
VARIED = "The fundraising ban goes further than the facts need: it ends with January. The class stays held."

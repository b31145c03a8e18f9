"""A mail with errors is refused with all of them at once, each at its place."""

from __future__ import annotations

from collections.abc import Sequence

from fairpost.engine.document import Finding
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


class ContentRefused(Invalid):
    """No content version was made. `findings` holds all that was found, warnings too."""

    slug = "content-refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [each for each in findings if each.level == "error"]
        lines = [_("The mail was not saved as a version; errors: {count}.").format(count=len(errors))]
        super().__init__("\n".join([*lines, *(placed(each) for each in errors)]), field=errors[0].part)


def placed(finding: Finding) -> str:
    """`body:3:14: error: ...`, as compilers print it."""
    return f"{finding.part}:{finding.line}:{finding.column}: {finding.level}: {finding.message}"

"""The source as these tests see it: every module of Fairpost with its syntax tree, read once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "fairpost"


@dataclass(frozen=True)
class Module:
    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path below src/fairpost."""
        return str(self.path.relative_to(SOURCE))

    @property
    def package(self) -> str:
        return self.path.relative_to(SOURCE).parts[0]

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> list[str]:
        """Every module that it imports, in full, wherever in the file."""
        found = []
        for node in ast.walk(self.tree()):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        return found


@cache
def modules() -> tuple[Module, ...]:
    return tuple(Module(path, path.read_text()) for path in sorted(SOURCE.rglob("*.py")))

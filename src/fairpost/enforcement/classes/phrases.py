"""Finds any of many phrases in a text in one pass: time grows with the text, not with the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairpost.enforcement.classes.words import Word, words

LONGEST_WORDS = 12


class PhraseTree:
    """Phrases as a tree of their words. A text is walked once, at most LONGEST_WORDS steps from each word."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.root: dict[str, Branch] = {}
        for phrase in phrases:
            self.add(phrase)

    def add(self, phrase: str) -> None:
        branches = self.root
        branch = None
        for word in phrase.split():
            branch = branches.setdefault(word, Branch())
            branches = branch.branches
        if branch is not None:
            branch.phrase = phrase

    def found(self, text: str) -> Iterator[tuple[str, int, int]]:
        """(phrase, start, end) of each occurrence in a text that `readable` has made, in order of starts.

        Between the words of a phrase may stand whatever is no word: blanks, punctuation, signs.
        """
        read = list(words(text))
        for index in range(len(read)):
            yield from self.at(read, index)

    def at(self, read: list[Word], index: int) -> Iterator[tuple[str, int, int]]:
        branches = self.root
        for word in read[index : index + LONGEST_WORDS]:
            branch = branches.get(word.form)
            if branch is None:
                return
            if branch.phrase:
                yield branch.phrase, read[index].start, word.end
            branches = branch.branches


class Branch:
    """What may follow, and the phrase that ends here."""

    __slots__ = ("branches", "phrase")

    def __init__(self) -> None:
        self.branches: dict[str, Branch] = {}
        self.phrase = ""

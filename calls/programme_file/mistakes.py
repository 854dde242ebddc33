"""Mistakes in a programme file, each with its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: ``place`` is the path of keys in the file, e.g. ``kets.NT.category``.

    Entries of a list are counted from 1: ``kinds.feasibility_study.rules[3]`` is the third rule.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def as_json(self) -> dict[str, str]:
        return {"place": self.place, "message": self.message}


class ProgrammeFileRefused(Exception):
    """The file was not loaded. ``mistakes`` holds everything that is wrong with it, in the file's order."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class Mistakes:
    """Collects mistakes while a file is read to its end."""

    def __init__(self) -> None:
        self._found: dict[Mistake, None] = {}

    def add(self, place: str, message: str) -> None:
        """Keep it; the same sentence about the same place is kept once."""
        self._found[Mistake(place, message)] = None

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        if self._found:
            raise ProgrammeFileRefused(self._found)


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """`` Did you mean "x"?`` for the nearest of the known words, or nothing where none is near."""
    by_lower = {word.lower(): word for word in known}
    near = get_close_matches(given.lower(), by_lower, n=1, cutoff=0.6)
    return f' Did you mean "{by_lower[near[0]]}"?' if near else ""

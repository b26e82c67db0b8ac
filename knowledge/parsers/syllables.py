"""Which Vietnamese syllables there are and which follow each other: the memory from which scanned text is repaired.

Learnt when first needed, in a fraction of a second, from what is at hand: syllable frequencies of the package `wordfreq`
(CC BY-SA 4.0, Robyn Speer), the word list of the package `underthesea` (`Viet74K`; the model is poorer but works without it), the
shipped plans that are not scans, and `data/administrative-phrases.txt` (written for this project). Nothing of it is copied here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import wordfreq

from knowledge.text.normalize import fold, nfc, same_tone_place

CLEAN_PLANS = ("hg-kh-2025-phu-luc.txt", "hg-tb-2025-03-18.txt", "hg-bc-nq52-2024.txt", "ht-tb15-2025-07-10.txt")
_PHRASES = Path(__file__).parent / "data" / "administrative-phrases.txt"
_PLANS = Path(__file__).parent.parent / "plans"
_GARBLED = " ? "  # the mark that a lost letter left in one plan's second half: such lines teach nothing
_PHRASE_WEIGHT, _WORD_WEIGHT = 6.0, 0.5
_PRIOR = 12.0  # how many sightings of a syllable its general frequency is worth
_RARE = 2e-7  # frequency of a syllable that is a word but was never counted

NUMBER, COMMA, BREAK, SIGN = "<số>", "<,>", "<.>", "<%>"
END_OF_WORD = "<từ>"
WORD = re.compile(r"[^\W\d_]+")
_CONTEXT = re.compile(r"(?P<word>[^\W\d_]+)|(?P<number>\d[\d.,/]*)|(?P<comma>,)|(?P<sign>[%><≥≤])|(?P<stop>[^\w\s,%><≥≤]|_)")
_SYMBOLS = {"number": NUMBER, "comma": COMMA, "sign": SIGN, "stop": BREAK}
_VIETNAMESE = re.compile(r"[a-zđ]{1,7}")


def context_symbols(text: str) -> Iterator[str]:
    """The text as the model sees it: syllables in lower case, and symbols for numbers, commas and other signs."""
    for match in _CONTEXT.finditer(text):
        kind = str(match.lastgroup)
        yield key(match.group()) if kind == "word" else _SYMBOLS[kind]


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """One form of a syllable: lower case, NFC, one placement of the tone mark."""
    return same_tone_place(word.lower())


def is_mixed(word: str) -> bool:
    """Whether capitals stand within the word beside small letters: `VNeID`."""
    return any(c.isupper() for c in word[1:]) and not word.isupper()


def shape(word: str) -> str:
    """A word's letters with those made one that print does not tell apart: I, l, ĩ."""
    return fold(word).replace("l", "i")


class Syllables:
    """Counts of syllables and of pairs of neighbours, with the probabilities that follow from them."""

    def __init__(self, base: Syllables | None = None) -> None:
        """An empty memory, or one that goes on counting from another's counts (`base` stays as it is)."""
        self._base = base
        self._before: dict[str, set[str]] = {}
        self._after: dict[str, set[str]] = {}
        self.known: set[str] = base.known if base else set()
        self.by_fold: dict[str, set[str]] = base.by_fold if base else {}
        self.single: dict[str, float] = dict(base.single) if base else {}
        self.pair: dict[tuple[str, str], float] = dict(base.pair) if base else {}
        self.frequency: dict[str, float] = base.frequency if base else {}
        self.english: dict[str, float] = base.english if base else {}
        self.brands: dict[str, str] = base.brands if base else {}
        self.total: float = base.total if base else 0.0

    def add_word(self, word: str) -> None:
        """Makes the syllable a known one."""
        if word not in self.known:
            self.known.add(word)
            self.by_fold.setdefault(fold(word), set()).add(word)

    def learn(self, symbols: Sequence[str], weight: float = 1.0, discount: int = 0) -> None:
        """Counts a sequence of symbols; syllables that were never known do not become known by it.

        With a discount only what is repeated counts: a pair that stands once in a scan may be misread.
        """
        for word, count in Counter(symbols).items():
            self.single[word] = self.single.get(word, 0.0) + count * weight
        for pair, count in Counter(pairwise(symbols)).items():
            if count <= discount:
                continue
            if pair not in self.pair:
                self._after.setdefault(pair[0], set()).add(pair[1])
                self._before.setdefault(pair[1], set()).add(pair[0])
            self.pair[pair] = self.pair.get(pair, 0.0) + (count - discount) * weight
        self.total += len(symbols) * weight

    def add_brand(self, word: str) -> None:
        """Remembers a name in mixed case (`VNeID`, `IoT`), by the shape that its letters have in print."""
        self.brands.setdefault(shape(word), word)

    def chance(self, word: str) -> float:
        """How probable the syllable is by itself."""
        general = self.frequency.get(word, 0.0) or (_RARE if word in self.known else _RARE / 50)
        return 0.5 * general + 0.5 * self.single.get(word, 0.0) / max(self.total, 1.0)

    def is_foreign(self, word: str) -> bool:
        """Whether it is an English word whose letters are no Vietnamese syllable."""
        return word in self.english and word not in self.by_fold

    def follows(self, before: str, word: str) -> float:
        """How probable the syllable is after the one before it (Witten-Bell: who had many followers may have new ones)."""
        prior = _PRIOR + self.variety(before)
        return (self.seen(before, word) + prior * self.chance(word)) / (self.single.get(before, 0.0) + prior)

    def stands_after(self, word: str, others: frozenset[str]) -> bool:
        """Whether the syllable was ever seen right after one of the others."""
        return not others.isdisjoint(self._before.get(word, ())) or bool(self._base and self._base.stands_after(word, others))

    def stands_before(self, word: str, others: frozenset[str]) -> bool:
        """Whether the syllable was ever seen right before one of the others."""
        return not others.isdisjoint(self._after.get(word, ())) or bool(self._base and self._base.stands_before(word, others))

    def variety(self, word: str) -> int:
        """How many different syllables were seen after it."""
        return len(self._after.get(word, ())) + (self._base.variety(word) if self._base else 0)

    def seen(self, before: str, word: str) -> float:
        """How often the pair was seen."""
        return self.pair.get((before, word), 0.0)


@lru_cache(maxsize=1)
def general_syllables() -> Syllables:
    """The memory that all documents share."""
    memory = Syllables()
    memory.frequency = {key(word): value for word, value in wordfreq.get_frequency_dict("vi").items()}
    memory.english = wordfreq.get_frequency_dict("en", wordlist="small")
    words = _word_list()
    for word in set(words):
        if _VIETNAMESE.fullmatch(fold(word)):
            memory.add_word(word)
    memory.learn(words, _WORD_WEIGHT)
    for text, weight in _clean_texts():
        symbols = list(context_symbols(nfc(text)))
        for word in symbols:
            if word in memory.frequency and _VIETNAMESE.fullmatch(fold(word)) and not word.isascii():
                memory.add_word(word)
        memory.learn(symbols, weight)
        for word in set(WORD.findall(text)):
            if is_mixed(word) and word.isascii():
                memory.add_brand(word)
    return memory


def _word_list() -> list[str]:
    """The syllables of the dictionary's words, with a mark between words.

    The file is read as one string: line by line takes five times as long.
    """
    spec = find_spec("underthesea")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "corpus" / "data" / "Viet74K.txt"
        if path.exists():
            text = same_tone_place(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).lower())
            return text.replace("\n", f" {END_OF_WORD} ").split()
    return []


def _clean_texts() -> Iterator[tuple[str, float]]:
    for line in _PHRASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line, _PHRASE_WEIGHT
    for name in CLEAN_PLANS:
        path = _PLANS / name
        if path.exists():
            yield "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if line.count(_GARBLED) < 3), 1.0

"""The words of a question as the search reads them: weights, corrections, abbreviations, synonyms."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Protocol

import wordfreq

from knowledge.search.words import Near, Slips, Words
from knowledge.text.lexicon import Phrase, abbreviations, is_syllable, key, question_words, synonyms, whole_syllable
from knowledge.text.normalize import Token, clean, fold, tokenize
from knowledge.text.typos import corrections, split_joined

_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s|$)")
SYNONYM_QUALITY = 0.78
WEIGHT_FLOOR = 0.16  # what a word counts that is in every row


class Vocabulary(Protocol):
    """What the query needs to know of the indexed rows."""

    def rarity(self, k: str) -> float:
        """0 (in every row) … 1 (in none)."""

    def knows(self, k: str) -> bool:
        """Is the syllable in any row?"""

    def knows_pair(self, left: str, right: str) -> bool:
        """Do the two stand side by side in any row?"""

    def knows_phrase(self, phrase: Phrase) -> bool:
        """Is the first syllable in any row, and does each next one stand beside the one before it in any?"""

    @property
    def words(self) -> Words:
        """All keys of the index."""


@dataclass(slots=True)
class Term:
    """One syllable of the question: its key after correction, as typed in lower case, and its weight."""

    key: str
    typed: str
    weight: float
    quality: float
    sentence: int
    others: list[tuple[Phrase, float]] = field(default_factory=list)

    @property
    def toned(self) -> str | None:
        """The syllable with its marks; None where none were typed."""
        return self.typed if self.typed != fold(self.typed) else None


@dataclass(frozen=True)
class Query:
    """A question ready to be matched."""

    terms: tuple[Term, ...]
    sentences: int

    def __hash__(self) -> int:
        return hash((self.sentences, *(t.key for t in self.terms)))

    @cached_property
    def mass(self) -> float:
        """The sum of the weights: how much content the question has."""
        return sum(t.weight for t in self.terms)


@lru_cache(maxsize=20_000)
def commonness(syllable: str) -> float:
    """How common a syllable is in Vietnamese text at large: Zipf value, 0 (unseen) … 7 (wordfreq)."""
    return wordfreq.zipf_frequency(syllable, "vi")


def _sentence_numbers(text: str, tokens: Sequence[Token]) -> list[int]:
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    return [sum(1 for e in ends if e <= t.start) for t in tokens]


def _expand_short(
    token: Token, shouting: bool, left: str | None, right: str | None, in_rows: bool, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """The syllables that an abbreviation stands for here, the meaning that fits its neighbours; () if it is none.

    `in_rows`: does the short form stand in the rows as such?
    """
    teen = commonness(token.toned) < 2.5  # "zậy": typed with marks, but no word
    if not token.text.isascii() and "đ" not in token.toned and "ư" not in token.toned and not teen:
        return ()
    if token.toned == "ai" and (shouting or token.text != "AI"):
        return ()
    meanings = abbreviations().meanings(token.text)
    if not meanings or (in_rows and not token.text.isupper() and commonness(token.toned) > 5):
        return ()
    split = [tuple(t.toned for t in tokenize(m)) for m in meanings]

    def fit(syllables: tuple[str, ...]) -> float:
        keys = [key(s) for s in syllables]
        known = sum(vocabulary.knows_pair(a, b) for a, b in zip(keys, keys[1:])) / max(1, len(keys) - 1)
        beside = (left is not None and vocabulary.knows_pair(left, keys[0])) + (
            right is not None and vocabulary.knows_pair(keys[-1], right)
        )
        return known + beside

    best = max(range(len(split)), key=lambda i: (fit(split[i]), -i))
    return split[best]


def _near_asking(folded: str) -> Near:
    words = question_words().words
    return Near(words, _asking_slips().around(folded))


@lru_cache(maxsize=1)
def _asking_slips() -> Slips:
    return Slips(question_words().words)


def _best_correction(folded: str, left: str | None, right: str | None, vocabulary: Vocabulary) -> tuple[str, float] | None:
    found = corrections(folded, vocabulary.words.near(folded)) + corrections(folded, _near_asking(folded), limit=2)
    if not found:
        return None

    def fit(item: tuple[str, float]) -> float:
        beside = (left is not None and vocabulary.knows_pair(left, item[0])) + (right is not None and vocabulary.knows_pair(item[0], right))
        return item[1] + beside

    best = max(found, key=fit)
    return best if fit(best) > 1 or len(folded) > 4 else None


def _terms(text: str, vocabulary: Vocabulary) -> list[Term]:
    tokens = [_whole(t, vocabulary) for t in _compounds(tokenize(text), text)]
    sentences = _sentence_numbers(text, tokens)
    shouting = sum(t.text.isupper() for t in tokens) > 0.6 * max(1, len(tokens))
    keys = [key(t.toned) for t in tokens]
    out: list[Term] = []
    for i, token in enumerate(tokens):
        left = out[-1].key if out else None
        right = keys[i + 1] if i + 1 < len(keys) else None
        glued = i > 0 and tokens[i - 1].end == token.start  # "2035 thì s" asks, though rows have Gb/s; the g of 5g is part of a name
        in_rows = (len(token.folded) > 1 or glued) and vocabulary.knows(token.folded)
        expanded = _expand_short(token, shouting, left, right, in_rows, vocabulary)
        if expanded and in_rows and not is_syllable(keys[i]):
            # PII, IoT: the rows use the short form too
            out.append(Term(keys[i], token.toned, 1.0, 1.0, sentences[i], [(tuple(map(key, expanded)), 0.95)]))
        elif expanded:
            out += [Term(key(s), s, 1.0, 0.95, sentences[i]) for s in expanded]
        else:
            out += _known_or_mended(keys[i], token.toned, left, right, sentences[i], vocabulary)
    return out


def _compounds(tokens: Sequence[Token], text: str) -> list[Token]:
    """The tokens with a short form written with "&" or a comma (`KH&CN`, `KH, CN`) as one; any other "&" says nothing."""
    out: list[Token] = []
    for token in tokens:
        if out and token.text.isupper() and out[-1].text.isupper() and text[out[-1].end : token.start].strip() == ",":
            whole = out[-1].text + token.text
            if len(token.text) > 1 and abbreviations().meanings(whole):
                out[-1:] = [_written_together(whole, out[-1], token)]
                continue
        if len(out) > 1 and out[-1].text == "&" and out[-2].end == out[-1].start and out[-1].end == token.start:
            whole = f"{out[-2].text}&{token.text}"
            if abbreviations().meanings(whole):
                out[-2:] = [_written_together(whole, out[-2], token)]
                continue
        out.append(token)
    return [token for token in out if token.text != "&"]


def _written_together(short: str, first: Token, last: Token) -> Token:
    return Token(short, first.start, last.end, short.lower(), fold(short.lower()))


def _whole(token: Token, vocabulary: Vocabulary) -> Token:
    """The token with what was left out in haste (`tỉh`, `fòng`), unless it is a word as it stands."""
    if token.toned[-1] not in "gh" and token.toned[0] != "f" or vocabulary.knows(key(token.toned)) or commonness(token.toned) > 4.5:
        return token
    return token._replace(toned=whole_syllable(token.toned))


def _known_or_mended(k: str, typed: str, left: str | None, right: str | None, sentence: int, vocabulary: Vocabulary) -> list[Term]:
    if vocabulary.knows(k) or k.isdigit() or commonness(typed) > 4.5 or k in question_words().words:
        term = Term(k, typed, 1.0, 1.0, sentence)
        fits = (left is not None and vocabulary.knows_pair(left, k)) or (right is not None and vocabulary.knows_pair(k, right))
        if not fits and not k.isdigit() and len(k) > 1 and commonness(typed) < 4.5:
            mended = _best_correction(k, left, right, vocabulary)
            if mended:
                term.others.append(((mended[0],), mended[1]))
        return [term]
    parts = split_joined(k, vocabulary.words) if len(k) > 5 else None
    if parts:
        return [Term(p, p, 1.0, 0.9, sentence) for p in parts]
    mended = _best_correction(k, left, right, vocabulary)
    if mended:
        return [Term(mended[0], mended[0], 1.0, mended[1], sentence)]
    return [Term(k, typed, 1.0, 1.0, sentence)]


def _weigh(terms: list[Term], vocabulary: Vocabulary) -> None:
    keys = tuple(t.key for t in terms)
    toned = tuple(t.typed for t in terms)
    beside = [vocabulary.knows_pair(*pair) for pair in zip(keys, keys[1:])]
    named = {at for start, end, _ in synonyms().spans(keys, toned) if end - start > 1 for at in range(start, end)}
    # Beside no neighbour that it has in any row, and in no phrase that has other words for it ("lũ lụt").
    may_slip = [commonness(t) < 4.6 and not left and not right and at not in named
                for at, (t, left, right) in enumerate(zip(toned, [False, *beside], [*beside, False]))]
    found = question_words().weights(keys, toned, may_slip.__getitem__)
    factors = [factor for factor, _ in found]
    asking = _in_whole_phrase(keys, found)
    _give_back(factors, [size == 1 for _, size in found], terms, beside)
    for i, term in enumerate(terms):
        factor = factors[i]
        if len(term.key) == 1 and not term.key.isdigit() and not vocabulary.knows(term.key):
            factor = 0.0
        if factor == 0.0 and i not in asking and _in_content_word(i, factors, beside):
            factor = 0.5
        rarity = vocabulary.rarity(term.key)
        if not vocabulary.knows(term.key):
            rarity *= min(1.0, max(0.25, (6.6 - commonness(term.typed)) / 2))
        term.weight = factor * (WEIGHT_FLOOR + (1 - WEIGHT_FLOOR) * rarity)
    if _only_opens(keys, toned):
        terms[0].weight = 0.0


def _only_opens(keys: tuple[str, ...], toned: tuple[str, ...]) -> bool:
    """Does the first word only lead on from what was said before ("thế đề án nhân tài thì…"), whatever it looks like without marks?"""
    return keys[:1] == ("the",) and toned[0] in ("the", "thế") and "thi" in keys


def _give_back(factors: list[float], single: list[bool], terms: list[Term], beside: Sequence[bool]) -> None:
    """Typed without marks, `nhan tai` (nhân tài) looks like two words that only ask (nhận, tại): side by side in a row they are one."""
    for i in range(len(terms) - 1):
        bare = all(factors[j] == 0.0 and single[j] and terms[j].toned is None for j in (i, i + 1))
        if bare and beside[i] and (terms[i].key, terms[i + 1].key) not in _ASKING_PAIRS:
            factors[i] = factors[i + 1] = 0.6


_ASKING_PAIRS = {
    ("lam", "gi"),
    ("so", "nao"),
    ("da", "duoc"),
    ("cua", "cac"),
    ("cho", "cac"),
    ("va", "cac"),
    ("tai", "cac"),
    ("trong", "cac"),
    ("tu", "cac"),
    ("theo", "cac"),
    ("voi", "cac"),
    ("de", "cac"),
    ("do", "cac"),
    ("cac", "so"),
    ("duoc", "giao"),
    ("co", "the"),
    ("tai", "tinh"),
    ("cua", "tinh"),
}


def _in_whole_phrase(keys: tuple[str, ...], found: Sequence[tuple[float, int]]) -> set[int]:
    """The places of words in phrases of several words that ask, without a slip: "điện tử giao ai" is not "điện tử, giao …"."""
    out: set[int] = set()
    at = 0
    while at < len(keys):
        size = found[at][1]
        if size > 1 and keys[at : at + size] in question_words().folded:
            out.update(range(at, at + size))
        at += size
    return out


def _in_content_word(i: int, factors: Sequence[float], beside: Sequence[bool]) -> bool:
    """Does a word that seems only to ask belong to a compound here, as `số` in `công nghệ số`?"""
    return (i > 0 and factors[i - 1] > 0 and beside[i - 1]) or (i + 1 < len(factors) and factors[i + 1] > 0 and beside[i])


def _add_synonyms(terms: list[Term], vocabulary: Vocabulary) -> None:
    """Adds to each term the phrases of the same meaning that stand in some row."""
    keys = tuple(t.key for t in terms)
    toned = tuple(t.typed for t in terms)
    for start, end, others in synonyms().spans(keys, toned):
        known = [(p, SYNONYM_QUALITY) for p in others if vocabulary.knows_phrase(p)]
        for term in terms[start:end]:
            term.others += known


def read_query(text: str, vocabulary: Vocabulary, quiet: Sequence[tuple[int, int]] = (), loud: float = 0.2) -> Query:
    """A question as weighted terms. `quiet` spans (agencies, dates, numbers read elsewhere) count only `loud` of their weight."""
    text = clean(text)
    if quiet:
        masked = list(text)
        for start, end in quiet:
            masked[start:end] = "\u0001" * (end - start)
        text = "".join(masked).replace("\u0001", " ")
    terms = _terms(text, vocabulary)
    _weigh(terms, vocabulary)
    _add_synonyms(terms, vocabulary)
    return Query(tuple(terms), 1 + max((t.sentence for t in terms), default=0))


#: Beyond so many rows a word's rarity depends on the share of rows that have it, not on how many rows there are:
#: weights, and the thresholds fitted on them, mean the same in a base of any size.
SCALED_ROWS = 1_000


def scale_rarity(documents: int, total: int) -> float:
    """Inverse document frequency between 0 (in all) and 1 (in none, or in fewer than one of 2,000)."""
    return min(1.0, math.log((total + 1) / (documents + 0.5)) / math.log((min(total, SCALED_ROWS) + 1) / 0.5))


__all__ = ["Query", "Term", "Vocabulary", "commonness", "fold", "read_query", "scale_rarity"]

"""Repairs scanned Vietnamese for showing and searching: đối mới → đổi mới, Ke hoạch → Kế hoạch, ủ y  ban → ủy ban.

Each syllable is read anew as one of those that it may have been (`scan_errors`); the sequence that is likeliest in administrative
Vietnamese (`syllables`) and cheapest to have been misread is taken (noisy channel, Viterbi). How readily a syllable is changed
follows from the document: where no impossible syllables stand, hardly anything is. Only letters change: digits and signs stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.parsers.scan_errors import ANY_LETTER, MARK, mark_distance, readings
from knowledge.parsers.syllables import (
    BREAK,
    COMMA,
    NUMBER,
    SIGN,
    Syllables,
    context_symbols,
    general_syllables,
    is_mixed,
    key,
    shape,
)
from knowledge.text.normalize import fold, nfc

_PIECE = re.compile(
    # the horn of ơ and ư is read as an apostrophe: trợ → trọ'
    r"(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*(?:(?<=[ơờớởỡợưừứửữựoọỏòóõôuụũùúủ])['’]"
    r"(?!\w))?)"
    r"|(?P<number>\d[\d.,/]*)|(?P<comma>,)|(?P<sign>[%><≥≤])|(?P<stop>[^\w\s,%><≥≤]|_)"
)
_SYMBOLS = {"number": NUMBER, "comma": COMMA, "sign": SIGN, "stop": BREAK}
_LINK = re.compile(r"\S*(?:://|www\.|@)\S*")
_MARKED_GAP = re.compile(r"['’]")
_IMPOSSIBLE = 7.0   # cost of leaving a syllable that is none as it stands
_CLEAN, _NOISY = 8.5, 2.5  # cost of a change in a document without and with many impossible syllables
_MISREAD_PER_IMPOSSIBLE = 3.0  # most misread syllables are possible ones; measured on the shipped scan
_JOIN, _SPLIT = 1.5, 3.0
_NAME = 2.0  # a capital within a sentence begins a name, of which the model knows little
_SURE = 6.0  # a syllable seen with both of its neighbours, this often together, is not doubted
_ODD = 6e-6  # a known syllable that is rarer than this may become one that was never seen with its neighbours
_READINGS = 24  # so many readings of a syllable are weighed, the likeliest
_BEAM = 14.0  # chains that are this much dearer than the cheapest are dropped


_NOTHING: frozenset[str] = frozenset()
_LOOSE = frozenset({COMMA, BREAK})  # what stands beside these tells little of them
_Option = tuple[str, float]


class _Piece(NamedTuple):
    """A syllable or a symbol of the text with its place; `fixed` ones (codes, abbreviations, foreign words) are never changed."""

    symbol: str
    start: int
    end: int
    word: bool
    fixed: bool


class _Arc(NamedTuple):
    """A reading of the pieces up to `end`: the syllables they stand for and what it costs to read them so."""

    end: int
    words: tuple[str, ...]
    cost: float
    change: bool


class Repairer:
    """Repairs texts of one document: its noise and its own repeated phrases are learnt once."""

    def __init__(self, memory: Syllables | None = None, change_cost: float = 5.0) -> None:
        """Repairs with the memory that all documents share and a middling readiness to change."""
        self._memory = memory or general_syllables()
        self._change = change_cost
        self._options: dict[str, tuple[_Option, ...]] = {}
        self._prices: dict[tuple[str, str], float] = {}
        self._cases: dict[tuple[str, str, str], list[_Option]] = {}
        self._may_be: dict[str, frozenset[str]] = {}

    @staticmethod
    def for_document(text: str) -> Repairer:
        """Learns from a whole document: how much of it is misread, then, from its repaired text, which phrases it repeats."""
        return _for_document(text)

    def repair(self, text: str) -> str:
        """The text with its misread syllables mended; digits, signs and line breaks as they were."""
        text = nfc_lines(text)
        pieces = _pieces(text)
        out, last = [], 0
        for first, arc in self._best(text, pieces):
            if arc.change:
                start, end = pieces[first].start, pieces[arc.end - 1].end
                out += [text[last:start], _like(text[start:end], arc.words)]
                last = end
        return "".join([*out, text[last:]])

    def _best(self, text: str, pieces: Sequence[_Piece]) -> list[tuple[int, _Arc]]:
        """The cheapest chain of readings over all pieces (Viterbi), as (first piece, reading)."""
        states: list[dict[str, tuple[float, int, str, _Arc | None]]] = [{} for _ in range(len(pieces) + 1)]
        states[0][BREAK] = (0.0, -1, "", None)
        for place in range(len(pieces)):
            arcs = self._arcs(text, pieces, place)
            limit = min((state[0] for state in states[place].values()), default=0.0) + _BEAM
            for before, (cost, _, _, _) in states[place].items():
                if cost > limit:
                    continue
                for arc in arcs:
                    total, word = cost + arc.cost, before
                    for following in arc.words:
                        total += self._price(word, following)
                        word = following
                    known = states[arc.end].get(word)
                    if known is None or total < known[0]:
                        states[arc.end][word] = (total, place, before, arc)
        return _trace(states)

    def _price(self, before: str, word: str) -> float:
        """What a syllable costs after the one before it: the negative logarithm of its probability."""
        price = self._prices.get((before, word))
        if price is None:
            price = self._prices[before, word] = -math.log(self._memory.follows(before, word))
        return price

    def _readings(self, symbol: str) -> tuple[_Option, ...]:
        """The likeliest other readings of a syllable with their costs."""
        found = self._options.get(symbol)
        if found is None:
            ranked = sorted(self._all_readings(symbol).items(), key=lambda item: item[1] - math.log(self._memory.chance(item[0])))
            found = self._options[symbol] = tuple(ranked[:_READINGS])
        return found

    def _all_readings(self, symbol: str) -> dict[str, float]:
        if not _MARKED_GAP.search(symbol):
            return readings(symbol, self._memory)
        if len(_halves(symbol, self._memory)) == 1:
            return {}
        bare = _MARKED_GAP.sub("", symbol)
        return readings(bare, self._memory) | ({bare: 0.0} if bare in self._memory.known else {})

    def _arcs(self, text: str, pieces: Sequence[_Piece], place: int) -> list[_Arc]:
        piece = pieces[place]
        brand = self._memory.brands.get(shape(piece.symbol)) if piece.fixed and piece.word else None
        if brand and is_mixed(text[piece.start:piece.end]):
            return [_Arc(place + 1, (brand,), 0.0, brand != text[piece.start:piece.end])]
        if not piece.word or piece.fixed:
            return [_Arc(place + 1, (piece.symbol,), 0.0, False)]
        arcs = self._single(text, pieces, place)
        if place + 1 < len(pieces):
            arcs += self._joined(text, pieces, place)
        return arcs

    def _single(self, text: str, pieces: Sequence[_Piece], place: int) -> list[_Arc]:
        """The piece as it stands, as another syllable, or as two that ran together."""
        piece, memory = pieces[place], self._memory
        known = piece.symbol in memory.known
        arcs = [_Arc(place + 1, (piece.symbol,), 0.0 if known else _IMPOSSIBLE, False)]
        if len(piece.symbol) == 1 or (known and self._is_sure(pieces, place)):
            return arcs  # a single letter is a label (`đ)`) or half a syllable
        cost = self._change + (_NAME if _is_name(text, pieces, place) else 0.0)
        options: Sequence[_Option] = self._readings(piece.symbol)
        if not known and text[piece.start].isupper() and not text[piece.start:piece.end].isupper():
            return arcs + self._capital(options, pieces, place, cost)  # perhaps the name of somebody or some place
        if known and self._memory.chance(piece.symbol) > _ODD:
            options = self._supported(options, pieces, place)
        arcs += [_Arc(place + 1, (word,), cost + extra, True) for word, extra in options]
        if not known:
            arcs += [_Arc(place + 1, words, cost + _SPLIT, True) for words in _halves(piece.symbol, memory)]
        return arcs

    def _capital(self, options: Sequence[_Option], pieces: Sequence[_Piece], place: int, cost: float) -> list[_Arc]:
        """Readings of an unknown word with a capital: only those that were seen beside the very neighbours, with like letters."""
        left = frozenset([pieces[place - 1].symbol]) - _LOOSE if place else _NOTHING
        right = frozenset([pieces[place + 1].symbol]) - _LOOSE if place + 1 < len(pieces) else _NOTHING
        near = self._beside([option for option in options if option[1] < ANY_LETTER], left, right)
        return [_Arc(place + 1, (word,), cost + extra, True) for word, extra in near]

    def _joined(self, text: str, pieces: Sequence[_Piece], place: int) -> list[_Arc]:
        """Two pieces that were one syllable: `ủ y`, `tri en`."""
        a, b = pieces[place], pieces[place + 1]
        if not b.word or b.fixed or text[a.end:b.start].strip(" ") or len(a.symbol) + len(b.symbol) > 7:
            return []
        if min(len(a.symbol), len(b.symbol)) > 2 and a.symbol in self._memory.known and b.symbol in self._memory.known:
            return []
        joined = a.symbol + b.symbol
        same = self._memory.by_fold.get(fold(joined), ())
        return [_Arc(place + 2, (word,), self._change + _JOIN + MARK * mark_distance(joined, word), True) for word in same]

    def _supported(self, options: Sequence[_Option], pieces: Sequence[_Piece], place: int) -> list[_Option]:
        """The readings that were seen beside a neighbour, as that stands or as it may be read."""
        before = pieces[place - 1] if place else None
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        case = (before.symbol if before else "", pieces[place].symbol, after.symbol if after else "")
        if case not in self._cases:
            left = self._readings_near(before) if before else _NOTHING
            right = self._readings_near(after) if after else _NOTHING
            self._cases[case] = self._beside(options, left, right)
        return self._cases[case]

    def _beside(self, options: Sequence[_Option], left: frozenset[str], right: frozenset[str]) -> list[_Option]:
        memory = self._memory
        return [option for option in options if memory.stands_after(option[0], left) or memory.stands_before(option[0], right)]

    def _readings_near(self, piece: _Piece) -> frozenset[str]:
        if piece.symbol in _LOOSE:
            return _NOTHING
        found = self._may_be.get(piece.symbol)
        if found is None:
            others = () if piece.fixed else (word for word, _ in self._readings(piece.symbol))
            found = self._may_be[piece.symbol] = frozenset((piece.symbol, *others))
        return found

    def _is_sure(self, pieces: Sequence[_Piece], place: int) -> bool:
        before = pieces[place - 1].symbol if place else BREAK
        after = pieces[place + 1].symbol if place + 1 < len(pieces) else BREAK
        word = pieces[place].symbol
        left, right = self._memory.seen(before, word), self._memory.seen(word, after)
        return left >= 1 and right >= 1 and left + right >= _SURE


def repair(text: str) -> str:
    """Repairs a text of which no more is known than itself."""
    return _shared().repair(text)


@lru_cache(maxsize=1)
def _shared() -> Repairer:
    return Repairer()


@lru_cache(maxsize=2)
def _for_document(text: str) -> Repairer:
    """Kept for a while: each extractor of a document asks for it."""
    general = general_syllables()
    cost = change_cost(text, general)
    memory = Syllables(general)
    memory.learn(list(context_symbols(Repairer(general, cost).repair(text))), discount=1)
    return Repairer(memory, cost)


def change_cost(text: str, memory: Syllables) -> float:
    """How little ready to be to change a syllable: from the share of words that look Vietnamese and are no syllable at all."""
    words = [piece for piece in _pieces(nfc_lines(text)) if piece.word and not piece.fixed]
    impossible = sum(piece.symbol not in memory.known for piece in words)
    noise = _MISREAD_PER_IMPOSSIBLE * (impossible + 0.02) / (len(words) + 20)
    return max(_NOISY, min(_CLEAN, -math.log(noise)))


def nfc_lines(text: str) -> str:
    """NFC line by line, so that line breaks stay."""
    return "\n".join(nfc(line) for line in text.split("\n"))


@lru_cache(maxsize=4)
def _pieces(text: str) -> tuple[_Piece, ...]:
    """The text cut up; kept for a while, as a document is read twice."""
    memory = general_syllables()
    out = []
    links = [match.span() for match in _LINK.finditer(text)]
    for match in _PIECE.finditer(text):
        kind = str(match.lastgroup)
        if kind != "word":
            out.append(_Piece(_SYMBOLS[kind], match.start(), match.end(), word=False, fixed=True))
            continue
        symbol = key(match.group())
        out.append(_Piece(symbol, match.start(), match.end(), word=True, fixed=_is_fixed(text, match, symbol, memory)
                          or any(start <= match.start() < end for start, end in links)))
    return tuple(out)


def _is_fixed(text: str, match: re.Match[str], symbol: str, memory: Syllables) -> bool:
    """Codes (`57-NQ/TW`, `5G`), abbreviations, mixed case (`VNeID`), English words, single letters."""
    word = match.group()
    left, right = text[max(match.start() - 1, 0):match.start()], text[match.end():match.end() + 1]
    if left.isdigit() or right.isdigit() or (left or " ") in "_@" or (right or " ") in "_@":
        return True
    upper = word.isupper()
    if is_mixed(word) or (upper and ((len(word) > 1 and word.isascii()) or left in ("-", "/") or right in ("-", "/"))):
        return True
    return memory.is_foreign(symbol) or (upper and len(word) < 3 and symbol not in memory.known)


def _is_name(text: str, pieces: Sequence[_Piece], place: int) -> bool:
    """A capital that does not begin a sentence, a line or a point."""
    piece = pieces[place]
    if not text[piece.start].isupper() or text[piece.start:piece.end].isupper():
        return False
    return place > 0 and pieces[place - 1].word and "\n" not in text[pieces[place - 1].end:piece.start]


def _halves(symbol: str, memory: Syllables) -> list[tuple[str, ...]]:
    """`độthực` → `độ thực`, `doanh'nghiệp` → `doanh nghiệp`."""
    if _MARKED_GAP.search(symbol):
        parts = tuple(part for part in _MARKED_GAP.split(symbol) if part)
        return [parts] if len(parts) == 2 and all(part in memory.known for part in parts) else []
    cuts = ((symbol[:i], symbol[i:]) for i in range(2, len(symbol) - 1))
    return [(a, b) for a, b in cuts if a in memory.known and b in memory.known and len(symbol) > 4]


def _like(original: str, words: Sequence[str]) -> str:
    """The words in the case of what they replace."""
    text = " ".join(words)
    if not text.islower():
        return text
    if original.isupper() and len(original) > 1:
        return text.upper()
    return text[:1].upper() + text[1:] if original[:1].isupper() else text


def _trace(states: list[dict[str, tuple[float, int, str, _Arc | None]]]) -> list[tuple[int, _Arc]]:
    """The cheapest chain, read from its end."""
    place = len(states) - 1
    word = min(states[place], key=lambda state: states[place][state][0])
    chain: list[tuple[int, _Arc]] = []
    while True:
        _, before_place, before_word, arc = states[place][word]
        if arc is None:
            return chain[::-1]
        chain.append((before_place, arc))
        place, word = before_place, before_word

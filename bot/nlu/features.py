"""Forms of messages as sparse rows: words and pairs of words, letters within words, and the sentence that asks.

Each view is weighted by tf-idf and has length 1. What is slow is done once for each word, not once for each message.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.nlu.forms import asking_part

_WORD = re.compile(r"[^\s.,;:!?()\"“”«»]+")
_LETTERS = (2, 3, 4)
_VIEWS = 3


@lru_cache(maxsize=50_000)
def letters(word: str) -> tuple[str, ...]:
    """Runs of 2 to 4 letters of a word with its edges."""
    edged = f" {word} "
    return tuple(edged[i : i + n] for n in _LETTERS for i in range(len(edged) - n + 1))


def runs(words: Sequence[str], longest: int) -> list[str]:
    """Words and runs of neighbouring words; the edges of the sentence count as words."""
    edged = ["<", *words, ">"]
    out = list(words)
    for n in range(2, longest + 1):
        out += [" ".join(edged[i : i + n]) for i in range(len(edged) - n + 1)]
    return out


def views(form: str) -> tuple[list[str], list[str], list[str]]:
    """The grams of a form: words, letters, the sentence that asks."""
    words = _WORD.findall(form)
    asking = asking_part(form)
    asked = words if asking is form else _WORD.findall(asking)
    return runs(words, 2), [gram for word in words for gram in letters(word)], runs(asked, 3)


class Features:
    """Learns which grams there are, and turns forms into rows over them."""

    def __init__(self, columns: list[dict[str, int]], idf: np.ndarray[Any, Any]) -> None:
        self._columns = columns
        self._idf = idf
        self._plain = idf.tolist()

    @classmethod
    def learn(cls, forms: Sequence[str], rarest: int = 2) -> tuple[Features, csr_matrix]:
        """Features over the grams that stand in at least `rarest` forms, and the rows of these forms."""
        columns: list[dict[str, int]] = [{} for _ in range(_VIEWS)]
        parts, kept_columns, first = [], [], 0
        counted = _count(forms, columns)
        for counts, names in zip(counted, columns):
            seen = np.bincount(counts.indices, minlength=counts.shape[1])
            keep = np.flatnonzero(seen >= rarest)
            idf = (np.log((1 + len(forms)) / (1 + seen[keep])) + 1).astype(np.float32)
            parts.append((_weigh(counts[:, keep], idf), idf))
            place = {int(old): first + new for new, old in enumerate(keep)}
            kept_columns.append({gram: place[at] for gram, at in names.items() if at in place})
            first += len(keep)
        return cls(kept_columns, np.concatenate([idf for _, idf in parts])), hstack([rows for rows, _ in parts], format="csr")

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self._plain)

    def row(self, form: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Columns and values of one form."""
        columns: list[int] = []
        values: list[float] = []
        for grams, known in zip(views(form), self._columns):
            counts = Counter(column for gram in grams if (column := known.get(gram)) is not None)
            weights = [(1.0 + math.log(n)) * self._plain[column] if n > 1 else self._plain[column] for column, n in counts.items()]
            length = math.sqrt(sum(w * w for w in weights)) or 1.0
            columns += counts
            values += [w / length for w in weights]
        return np.array(columns, dtype=np.intp), np.array(values, dtype=np.float32)

    def rows(self, forms: Iterable[str]) -> csr_matrix:
        """Rows of several forms."""
        each = [self.row(form) for form in forms]
        ends = np.cumsum([0, *(len(columns) for columns, _ in each)])
        data = np.concatenate([values for _, values in each]) if each else np.zeros(0, np.float32)
        indices = np.concatenate([columns for columns, _ in each]) if each else np.zeros(0, np.intp)
        return csr_matrix((data, indices, ends), shape=(len(each), self.width))

    def state(self) -> tuple[list[list[str]], np.ndarray[Any, Any]]:
        """What has been learnt: the grams of each view in the order of their columns, and the weights."""
        return [list(names) for names in self._columns], self._idf

    @classmethod
    def from_state(cls, state: tuple[list[list[str]], np.ndarray[Any, Any]]) -> Features:
        """Rebuilds from what `state` gave."""
        columns, first = [], 0
        for grams in state[0]:
            columns.append({gram: first + at for at, gram in enumerate(grams)})
            first += len(grams)
        return cls(columns, state[1])


def _count(forms: Sequence[str], columns: list[dict[str, int]]) -> Iterator[csr_matrix]:
    """For each view how often each gram stands in each form; `columns` is filled with the grams met."""
    flat: list[list[int]] = [[] for _ in columns]
    ends: list[list[int]] = [[0] for _ in columns]
    for form in forms:
        for grams, known, out, end in zip(views(form), columns, flat, ends):
            out += [known.setdefault(gram, len(known)) for gram in grams]
            end.append(len(out))
    for known, out, end in zip(columns, flat, ends):
        counts = csr_matrix((np.ones(len(out), np.float32), np.array(out, np.int32), np.array(end)), shape=(len(forms), len(known)))
        counts.sum_duplicates()
        yield counts


def _weigh(counts: csr_matrix, idf: np.ndarray[Any, Any]) -> csr_matrix:
    """Counts as tf-idf (1 + log count) of rows with length 1."""
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    counts.data = (counts.data / np.repeat(lengths, np.diff(counts.indptr))).astype(np.float32)
    return counts

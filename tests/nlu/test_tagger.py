"""The tagger learns spans and roles from labelled sentences, and gives back what it learnt after being stored."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.tagger import Opinion, Phrases, Span, SpanTagger, Tagged, labels_of, likeliest, placeholders, spans_of, word_features

PLACES = ("cần giờ", "mỹ tho", "vị thanh", "hồng lĩnh", "gò công", "đức thọ")
FRAMES = ("xe từ {} đến {}", "có xe nào đi {} từ {} không")
ROLES = (("from", "to"), ("to", "from"))


def sentence(frame: int, one: str, other: str, origin: int = 0) -> Tagged:
    words = FRAMES[frame].format("A", "B").split()
    tokens: list[str] = []
    spans: list[Span] = []
    for word in words:
        named = {"A": (one, ROLES[frame][0]), "B": (other, ROLES[frame][1])}.get(word)
        start = len(tokens)
        tokens += named[0].split() if named else [word]
        spans += [Span(start, len(tokens), f"{named[1]}.place")] if named else []
    return Tagged(tokens, labels_of(spans, len(tokens)), origin)


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> SpanTagger:
    known = list(permutations(PLACES[:-1], 2))
    return SpanTagger.learn([sentence(n % 2, *pair, n) for n, pair in enumerate(known)], tmp_path_factory.mktemp("crf"))


def test_spans_and_labels_are_each_other() -> None:
    labels = ["B-a", "B-a", "I-a", "O", "B-x.b", "I-x.b"]
    spans = spans_of(labels)
    assert spans == [Span(0, 1, "a"), Span(1, 3, "a"), Span(4, 6, "x.b")]
    assert (spans[2].base, spans[2].role, spans[0].role) == ("b", "x", "-")
    assert labels_of(spans, 6) == labels
    assert spans_of(["O", "I-a", "I-b", "O"]) == [Span(1, 2, "a"), Span(2, 3, "b")], "a stray I- begins a span, as in conlleval"
    assert spans_of([]) == []


def test_roles_follow_the_words_between(tagger: SpanTagger) -> None:
    for frame in (0, 1):
        new = sentence(frame, PLACES[-1], PLACES[0])
        assert tagger.tag(new.tokens) == list(new.labels), "a place never met, in a known frame"
    assert tagger.tag(["xe", "nào"]) == ["O", "O"] and tagger.tag([]) == []


def test_another_model_has_a_say(tagger: SpanTagger) -> None:
    right = sentence(0, PLACES[0], PLACES[1])
    kinds = np.full((len(right.tokens), len(tagger.kinds)), -9.0)
    for row, label in zip(kinds, right.labels):
        row[tagger.kinds.index(label.replace("from.", "").replace("to.", ""))] = 0.0
    roles = np.full((len(right.tokens), len(tagger.roles)), -1.0)
    assert tagger.tag(right.tokens, Opinion(kinds, roles)) == list(right.labels), "of one mind"
    roles[:, tagger.roles.index("to")] = 1000.0
    changed = [label.replace("from", "to") for label in right.labels]
    assert tagger.tag(right.tokens, Opinion(kinds, roles)) == changed, "sure of roles"
    kinds[:, tagger.kinds.index("O")] = 1000.0
    assert set(tagger.tag(right.tokens, Opinion(kinds, roles))) == {"O"}, "sure that nothing is named"
    assert tagger.tag([], Opinion(kinds[:0], roles[:0])) == []


def test_labels_that_follow_each_other() -> None:
    rows = [{"B-a": 0.0, "O": 0.5}, {"I-a": 1.0, "I-b": 9.0, "O": 0.0}, {"I-a": 0.2, "B-b": 0.1, "O": 0.0}]
    assert likeliest(rows) == ["B-a", "I-a", "I-a"]
    assert likeliest([{"I-a": 5.0, "O": 0.0}]) == ["O"] and likeliest([]) == []


def test_without_marks_and_in_capitals(tagger: SpanTagger) -> None:
    right = list(sentence(0, PLACES[0], PLACES[1]).labels)
    assert tagger.tag("xe tu can gio den my tho".split()) == tagger.tag("XE TỪ CẦN GIỜ ĐẾN MỸ THO".split()) == right


def test_stored_and_read_again(tagger: SpanTagger, tmp_path: Path) -> None:
    tagger.save(tmp_path / "tagger.npz")
    again = SpanTagger.load(tmp_path / "tagger.npz")
    for pair in permutations(PLACES, 2):
        tokens = sentence(1, *pair).tokens
        assert again.tag(tokens) == tagger.tag(tokens)


def test_nothing_labelled_is_nothing_to_learn(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        SpanTagger.learn([Tagged(["xin", "chào"], ["O", "O"], 0)], tmp_path)


def test_a_phrase_is_known_in_training_only_from_other_sentences() -> None:
    one, two = sentence(0, PLACES[0], PLACES[1], 0), sentence(0, PLACES[0], PLACES[2], 1)
    phrases = Phrases.learn([one, two, one])
    folded = "xe tu can gio den my tho".split()
    assert phrases.marks(folded) == [[], [], ["Bplace"], ["Iplace"], [], ["Bplace"], ["Iplace"]]
    assert phrases.marks(folded, spans_of(one.labels)) == [[], [], ["Bplace"], ["Iplace"], [], [], []]
    assert phrases.rare("tho", training=True) and not phrases.rare("tho", training=False) and not phrases.rare("gio", training=True)
    assert len(word_features(one.tokens, phrases)) == len(one.tokens)


def test_placeholders() -> None:
    assert placeholders("xe từ cần giờ đi".split(), ["O", "O", "B-from.place_name", "I-from.place_name", "O"]) == "xe từ FromPlaceName đi"

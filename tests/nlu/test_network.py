"""The network learns intents and slots together, reads what it learnt without TensorFlow, and has a say beside the tagger."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from bot.nlu.network import Names, Network, log_softmax, training_features, word_features
from bot.nlu.network_training import learn
from bot.nlu.tagger import Phrases, Tagged, spans_of

PLACES = ("cần giờ", "mỹ tho", "vị thanh", "hồng lĩnh", "gò công", "đức thọ")
NAMES = Names(("bus", "fare"), ("B-place", "I-place", "O"), ("from", "to"))


def sentence(frame: str, one: str, other: str, origin: int = 0) -> Tagged:
    labels = [f"{'I' if at else 'B'}-{role}.place" for role in ("from", "to") for at in range(2)]
    places = {"A": (one.split(), labels[:2]), "B": (other.split(), labels[2:])}
    pieces = [places.get(word, ([word], ["O"])) for word in frame.split()]
    return Tagged([word for words, _ in pieces for word in words], [label for _, found in pieces for label in found], origin)


@pytest.fixture(scope="module")
def network() -> Network:  # of two members
    pairs = list(permutations(PLACES[:-1], 2))
    frames = [(n % 2, ("xe đi từ A đến B", "giá vé đi B từ A")[n % 2]) for n in range(len(pairs))]
    sentences = [sentence(frame, *pair, origin) for origin, ((_, frame), pair) in enumerate(zip(frames, pairs))]
    intents = [NAMES.intents[kind] for kind, _ in frames]
    return learn(sentences, intents, NAMES, Phrases.learn(sentences), rounds=100, seeds=(1, 2))


@pytest.mark.parametrize(("frame", "intent"), [("xe đi từ A đến B", "bus"), ("giá vé đi B từ A", "fare")])
def test_reads_intent_kinds_and_roles_of_a_place_never_met(network: Network, frame: str, intent: str) -> None:
    new = sentence(frame, PLACES[-1], PLACES[0])
    intents, opinion = network.read(new.tokens)
    assert NAMES.intents[int(intents.argmax())] == intent
    spans = spans_of(new.labels)
    kinds = [NAMES.kinds[column] for column in opinion.kinds.argmax(axis=1)]
    assert [(span.start, span.end, span.kind) for span in spans_of(kinds)] == [(span.start, span.end, "place") for span in spans]
    roles = [NAMES.roles[int(opinion.roles[span.start : span.end].mean(axis=0).argmax())] for span in spans]
    assert roles == [span.role for span in spans]


def test_reads_also_unknown_words_and_one(network: Network) -> None:
    for tokens in (["xe"], ["ßß", "12:30", "?"]):
        intents, opinion = network.read(tokens)
        assert opinion.kinds.shape == (len(tokens), 3) and opinion.roles.shape == (len(tokens), 2)
        for table in (intents, opinion.kinds, opinion.roles):
            sums = np.exp(table).sum(axis=-1)
            assert np.all(sums > 0.2) and np.all(sums < 1.0001), "a mean of logarithms is at most that of the mean"


def test_a_word_of_one_sentence_is_known_by_its_letters_only() -> None:
    one, two = sentence("từ A", PLACES[0], ""), sentence("từ A", PLACES[1], "", 1)
    features = training_features(one.tokens, spans_of(one.labels), Phrases.learn([one, two]))
    assert {"w=từ", "f=tu"} <= set(features[0]) and "rare" not in features[0]
    assert "rare" in features[1] and not any(feature.startswith(("w=", "f=", "Bplace")) for feature in features[1])
    assert word_features("TỪ", "tu", rare=False) == word_features("từ", "tu", rare=False)


def test_log_softmax() -> None:
    assert np.exp(log_softmax(np.array([[0.0, 0.0], [1000.0, -1000.0]]))) == pytest.approx(np.array([[0.5, 0.5], [1.0, 0.0]]))

"""Trains and tests our classifier, tagger and network on a folder in the format of PhoATIS: `troly bench nlu --data FOLDER`.

The folder has `train`, `dev` and `test`, each with `seq.in` (an utterance a line), `seq.out` (a BIO label for each of its words) and
`label` (its intent). One model learns from the training part as it is, without diacritics and with slips of the keyboard, and is
tested on the test part in the same three ways. Nothing of the folder is kept.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from bot.nlu.forms import form_of
from bot.nlu.linear import LinearForms
from bot.nlu.network import Names, Network
from bot.nlu.tagger import SpanTagger, Tagged, placeholders, spans_of
from knowledge.text.noise import Noiser
from knowledge.text.normalize import fold, nfc

PARTS, FILES = ("train", "dev", "test"), ("seq.in", "seq.out", "label")
_STRENGTH = 0.3  # of the noiser: about a sixth of the words slip
_TRAINING_SEED, _TEST_SEED = 57, 1157
_COST, _SHARPNESS = 0.3, 4.5
_ROUNDS, _SEEDS = 16, (1, 2)  # of the network's members
_LITERATURE = (  # intent accuracy, slot F1, sentence accuracy
    ("JointIDSF với PhoBERT (135 triệu tham số), nguyên văn", "97,62", "94,98", "86,25"),
    ("Rasa mặc định (DIET), nguyên văn", "93,8", "87,8", "70,4"),
    ("Rasa mặc định (DIET), không dấu", "68,8", "10,0", "0,0"),
)


class BadFolder(Exception):
    """A folder that is not in the format, told in one Vietnamese sentence."""


@dataclass(frozen=True)
class Utterance:
    """A line of the three files."""

    words: tuple[str, ...]
    labels: tuple[str, ...]
    intent: str


@dataclass(frozen=True)
class Scores:
    """Figures of one kind of text, in percent, and the median time of a sentence in milliseconds."""

    intent: float
    macro_f1: float
    slot_f1: float
    sentence: float
    milliseconds: float


@dataclass(frozen=True)
class Model:
    """What has been learnt, and how long it took in seconds."""

    tagger: SpanTagger
    classifier: LinearForms
    network: Network
    seconds: float

    def understand(self, words: Sequence[str]) -> tuple[str, list[str]]:
        """The intent and the labels of an utterance."""
        intents, opinion = self.network.read(words)
        labels = self.tagger.tag(words, opinion)
        chances = np.log(self.classifier.chances(_form(words, labels)) + 1e-9) + intents
        return self.classifier.intents[int(np.argmax(chances))], labels


def read(folder: Path, part: str) -> list[Utterance]:
    """The utterances of a part of the folder. Raises BadFolder."""
    lines = [_lines(folder / part / name) for name in FILES]
    sizes = {name: len(found) for name, found in zip(FILES, lines)}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise BadFolder(f"Ba tệp trong {folder / part} phải có số dòng bằng nhau, nhưng là: {told}.")
    if not lines[0]:
        raise BadFolder(f"Không có câu nào trong {folder / part}.")
    return [_utterance(folder / part, number, *line) for number, line in enumerate(zip(*lines), start=1)]


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadFolder(f"Không tìm thấy {path}: thư mục dữ liệu cần có {', '.join(PARTS)}, mỗi phần gồm {', '.join(FILES)}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadFolder(f"Không đọc được {path} ({error}).") from error
    return [line.strip() for line in text.rstrip().split("\n")] if text.strip() else []


def _utterance(place: Path, number: int, words: str, labels: str, intent: str) -> Utterance:
    found = Utterance(tuple(map(nfc, words.split())), tuple(labels.split()), intent)
    if len(found.words) != len(found.labels):
        raise BadFolder(f"Dòng {number} trong {place}: seq.in có {len(found.words)} từ nhưng seq.out có {len(found.labels)} nhãn.")
    wrong = next((label for label in found.labels if label != "O" and (label[:2] not in ("B-", "I-") or len(label) < 3)), None)
    if wrong:
        raise BadFolder(f"Dòng {number} trong {place / 'seq.out'}: nhãn {wrong} không có dạng O, B-… hoặc I-….")
    if not found.words or not intent or " " in intent:
        raise BadFolder(f"Dòng {number} trong {place}: mỗi câu cần ít nhất một từ và đúng một ý định.")
    return found


def without_marks(utterances: Sequence[Utterance]) -> list[Utterance]:
    """The utterances without any diacritics."""
    return [replace(each, words=tuple(map(fold, each.words))) for each in utterances]


def with_slips(utterances: Sequence[Utterance], seed: int) -> list[Utterance]:
    """The utterances with slips inside their words; the words stay as many, so that labels keep their places."""
    noiser = Noiser(seed)

    def slip(word: str) -> str:
        slipped = noiser.noisy(word, _STRENGTH)
        return slipped if len(slipped.split()) == 1 else word

    return [replace(each, words=tuple(map(slip, each.words))) for each in utterances]


def learn(train: Sequence[Utterance], workplace: Path) -> Model:
    """One model for all three kinds of text."""
    from bot.nlu import network_training  # takes seconds: TensorFlow

    began = time.perf_counter()
    copies = (train, without_marks(train), with_slips(train, _TRAINING_SEED))
    sentences = [Tagged(each.words, each.labels, origin) for copy in copies for origin, each in enumerate(copy)]
    try:
        tagger = SpanTagger.learn(sentences, workplace)
    except ValueError:
        raise BadFolder("Phần train không có nhãn nào ngoài O, nên không có gì để học.") from None
    forms = [_form(sentence.tokens, sentence.labels) for sentence in sentences]
    intents = [each.intent for copy in copies for each in copy]
    if len(set(intents)) < 2:
        raise BadFolder("Phần train cần ít nhất hai ý định khác nhau.")
    classifier = LinearForms.learn(forms, intents, _SHARPNESS, _COST, _TRAINING_SEED)
    names = Names(classifier.intents, tagger.kinds, tagger.roles)
    network = network_training.learn(sentences, intents, names, tagger.phrases, _ROUNDS, _SEEDS)
    return Model(tagger, classifier, network, time.perf_counter() - began)


def _form(words: Sequence[str], labels: Sequence[str]) -> str:
    """The form of the sentence, and beside it the sentence with the kinds of its spans in their places."""
    return f"{form_of(' '.join(words))} {placeholders(words, labels)}"


def score(model: Model, utterances: Sequence[Utterance]) -> Scores:
    """How well the model does."""
    found: list[tuple[str, list[str]]] = []
    times: list[float] = []
    for each in utterances:
        began = time.perf_counter()
        found.append(model.understand(each.words))
        times.append(time.perf_counter() - began)
    intents = [intent for intent, _ in found]
    right = [each.intent for each in utterances]
    whole = sum(intent == each.intent and list(each.labels) == labels for (intent, labels), each in zip(found, utterances))
    return Scores(
        100 * sum(map(str.__eq__, intents, right)) / len(right),
        100 * macro_f1(right, intents),
        100 * slot_f1([each.labels for each in utterances], [labels for _, labels in found]),
        100 * whole / len(right),
        1000 * statistics.median(times),
    )


def slot_f1(right: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    """As conlleval counts: a span is right if its first word, last word and kind are."""
    pairs = [(set(spans_of(one)), set(spans_of(other))) for one, other in zip(right, found)]
    either = sum(len(one) + len(other) for one, other in pairs)
    return 2 * sum(len(one & other) for one, other in pairs) / either if either else 1.0


def macro_f1(right: Sequence[str], found: Sequence[str]) -> float:
    """The mean over the intents that occur, right or found, of their F1."""
    both = Counter(one for one, other in zip(right, found) if one == other)
    either = Counter(right) + Counter(found)
    return statistics.fmean(2 * both[intent] / either[intent] for intent in either)


def measure(folder: Path, workplace: Path, say: Callable[[str], None], day: date) -> str:
    """Learns from the training part, tests on the test part, and returns the table. Raises BadFolder."""
    if not folder.is_dir():
        raise BadFolder(f"Không tìm thấy thư mục dữ liệu {folder}.")
    train, _, test = (read(folder, part) for part in PARTS)
    say(f"Đang huấn luyện trên {len(train)} câu (nguyên văn, không dấu, gõ sai)…")
    model = learn(train, workplace)
    say(f"Đang kiểm tra trên {len(test)} câu…")
    kinds = (("nguyên văn", test), ("không dấu", without_marks(test)), ("gõ sai", with_slips(test, _TEST_SEED)))
    model.understand(test[0].words)  # tables of words are read at first use
    rows = [(f"Trợ lý, {name}", score(model, utterances)) for name, utterances in kinds]
    return "\n".join(_render(rows, model.seconds, len(train), len(test), day))


def _render(rows: Sequence[tuple[str, Scores]], seconds: float, trained: int, tested: int, day: date) -> Iterator[str]:
    yield "| Văn bản | Ý định đúng (%) | Ý định macro-F1 (%) | Slot F1 (%) | Cả câu đúng (%) | Một câu p50 (ms) | Huấn luyện (giây) |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, s in rows:
        figures = [_number(value, 2) for value in (s.intent, s.macro_f1, s.slot_f1, s.sentence)]
        yield f"| {name} | {' | '.join(figures)} | {_number(s.milliseconds, 1)} | {_number(seconds, 0)} |"
    for name, intent, slot, sentence in _LITERATURE:
        yield f"| *{name} (số đã công bố hoặc đo trước)* | *{intent}* | – | *{slot}* | *{sentence}* | – | – |"
    yield ""
    yield (
        f"Đo ngày {day:%d/%m/%Y} trên {os.cpu_count()} lõi {platform.machine()}; huấn luyện trên {trained} câu, kiểm tra trên {tested} "
        "câu; một mô hình cho cả ba kiểu gõ; slot F1 tính như conlleval; cả câu đúng là ý định và mọi slot đều đúng. "
        "Các dòng in nghiêng là số trên PhoATIS, không đo trong lần chạy này, nên chỉ so được khi thư mục là PhoATIS."
    )


def _number(value: float, digits: int) -> str:
    """With a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")

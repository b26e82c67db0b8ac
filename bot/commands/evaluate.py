"""`troly evaluate`: asks the assistant the questions of files and tells how many answers are right."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot import errors, startup
from bot.assistant import guard, records
from bot.commands.progress import progress
from bot.errors import Trouble
from bot.evaluation import calibration, labels, leaks, nlu, noise, questions, text
from bot.evaluation.judge import FORMATS
from bot.evaluation.nlu import Classify
from bot.evaluation.questions import QuestionFile, UnreadableFile
from bot.evaluation.run import Ask, Result
from bot.evaluation.run import run as ask_all
from bot.evaluation.tally import percent, percentile, tally
from bot.evaluation.verdict import Kind
from bot.lines import Line
from bot.settings import ROOT, Settings

NAME, HELP = "evaluate", """Chấm câu trả lời theo tệp câu hỏi: tỉ lệ đúng theo loại câu, lối viết, các câu sai

  troly evaluate tests/evaluation/annex-dev.jsonl --failures
  troly evaluate --nlu                                        # nhận dạng ý định trên các câu giữ riêng
  troly evaluate tests/evaluation/*-dev.jsonl --calibration"""

HELD_OUT = ROOT / "tests" / "nlu"
FEW = 15  # lines of a list that is printed whole with --failures


@dataclass(frozen=True)
class Ports:
    """The assistant as this command needs it: whole answers, and the classifier alone."""

    ask: Ask
    classify: Classify


@dataclass
class Report:
    """What is printed and what goes to --json, as it comes together; `unreadable` is what had to be left out."""

    out: dict[str, Any] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def say(self, part: str) -> None:
        """Print one part, apart from the next."""
        if part:
            print(part + "\n")

    def leave_out(self, what: str) -> None:
        """Name something unreadable at once; the rest goes on."""
        self.unreadable.append(what)
        print(what, file=sys.stderr)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("files", nargs="*", type=Path, metavar="TỆP", help="tệp câu hỏi JSONL có “expect”")
    parser.add_argument("--failures", action="store_true", help="in từng câu chưa đúng và lý do")
    parser.add_argument("--wrong", action="store_true", help="chỉ in các câu trả lời sai dòng")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi toàn bộ kết quả ra tệp JSON")
    parser.add_argument("--records", type=Path, metavar="TỆP", help="ghi các bản ghi trả lời ra tệp JSONL")
    parser.add_argument("--limit", type=_positive, metavar="N", help="chỉ hỏi N câu đầu của mỗi tệp")
    parser.add_argument("--format", choices=FORMATS, help="cách chấm: annex (phụ lục) hoặc other (mọi văn bản, hội thoại); "
                                                          "mặc định: tự nhận biết theo nội dung tệp")
    parser.add_argument("--nlu", nargs="?", type=Path, const=HELD_OUT, metavar="THƯ MỤC",
                        help="chấm nhận dạng ý định trên <ý định>.yml của thư mục (mặc định: tests/nlu)")
    parser.add_argument("--stock-epochs", type=int, metavar="N",
                        help="với --compare: huấn luyện cấu hình mặc định N vòng thay vì 100 (mất hơn hai giờ)")
    parser.add_argument("--compare", action="store_true",
                        help="so với cấu hình mặc định của Rasa và với chỉ tìm kiếm, trên cùng câu hỏi (lần đầu huấn luyện rất lâu)")
    parser.add_argument("--noise", type=Path, metavar="ẢNH",
                        help="hỏi lại các câu gõ chuẩn với nhiễu tăng dần, vẽ đường độ đúng vào ảnh PNG")
    parser.add_argument("--calibration", action="store_true", help="in bảng độ tin cậy và tỉ lệ sai theo độ phủ")


def run(args: argparse.Namespace, load: Callable[[Settings], Ports] | None = None) -> int:
    """Evaluate: 0, or 2 if a file or a line of it could not be read. `load` makes the assistant."""
    if not args.files and args.nlu is None:
        raise Trouble("Thiếu tệp câu hỏi. Ví dụ: troly evaluate tests/evaluation/annex-dev.jsonl, hoặc --nlu.", errors.USAGE)
    report = Report()
    files = _read_files(args, report)
    sentences = _read_sentences(args, report)
    if any(file.questions for file in files) or sentences:
        ports = (load or ports_of)(args.settings)
        asyncio.run(_evaluate(args, report, files, sentences, ports))
    if args.json:
        _write(args.json, json.dumps({**report.out, "unreadable": report.unreadable}, ensure_ascii=False, indent=1) + "\n")
    return errors.USAGE if report.unreadable else errors.OK


def ports_of(settings: Settings) -> Ports:
    """The assistant of this project, ready as for `troly ask`: conversations in memory. Raises Trouble, StoreError."""
    startup.knowledge_base(settings)
    assistant = startup.assistant(settings)

    async def ask(line: Line) -> records.Record:
        return await assistant.answer(line.text, id=line.id, conversation=line.conversation, metadata=line.metadata)

    async def classify(sentence: str) -> tuple[str, float]:
        parsed = await assistant.agent.parse_message(guard.prepare(sentence))
        return parsed["intent"].get("name") or "-", float(parsed["intent"].get("confidence") or 0.0)

    return Ports(ask, classify)


async def _evaluate(
    args: argparse.Namespace, report: Report, files: Sequence[QuestionFile], sentences: Sequence[nlu.Sentence], ports: Ports,
) -> None:
    # One event loop for everything: the assistant's locks belong to the loop that they were first used in.
    guesses: list[nlu.Guess] = []
    if sentences:
        guesses = await nlu.classify_all(sentences, ports.classify)
        _tell_nlu(args, report, guesses)
        evaluated = [*(sentence.text for sentence in sentences), *(q.line.text for file in files for q in file.questions)]
        _tell_leaks(args, report, leaks.leaks(evaluated, args.settings.training_data), guesses)
    asked: list[list[Result]] = []
    for file in files:
        with progress(f"Đang hỏi {len(file.questions)} câu của {file.name}"):
            asked.append(await ask_all(file, ports.ask))
        _tell_file(args, report, file, asked[-1])
    if len(files) > 1:
        total = tally("tất cả các tệp", asked)
        report.say(text.tally(total))
        report.out["total"] = total.as_dict()
    _tell_all(args, report, [result for results in asked for result in results])
    if args.noise and files:
        await _tell_noise(args, report, files, ports.ask)
    if args.compare:
        await _compare(args.settings, report, files, asked, guesses, args.stock_epochs)


async def _tell_noise(args: argparse.Namespace, report: Report, files: Sequence[QuestionFile], ask: Ask) -> None:
    with progress("Đang hỏi với nhiễu tăng dần"):
        points = await noise.curve(files, ask)
    report.say("== câu trả lời khi gõ sai nhiều dần\n\n" + text.noise(points))
    report.out["noise"] = [asdict(point) for point in points]
    try:
        noise.picture(points, args.noise)
    except (OSError, ValueError) as error:
        raise Trouble(f"Không vẽ được vào “{args.noise}”: hãy chọn một tệp .png trong thư mục ghi được.", errors.USAGE) from error


async def _compare(
    settings: Settings, report: Report, files: Sequence[QuestionFile], asked: list[list[Result]], guesses: Sequence[nlu.Guess],
    epochs: int | None = None,
) -> None:
    """The same questions to the stock pipeline and to the search alone, beside our answers."""
    from benchmarks.rivals import SearchAlone, stock_assistant
    from knowledge.services.ask.loading import load_knowledge

    search = SearchAlone(load_knowledge(startup.knowledge_base(settings)))
    sides = {text.OURS: asked, text.SEARCH: [await ask_all(file, search.ask) for file in files]}
    understood = {text.OURS: list(guesses)}
    with progress("Đang hỏi cấu hình mặc định của Rasa"), stock_assistant(settings, epochs) as stock:
        sides[text.STOCK] = [await ask_all(file, stock.ask) for file in files]
        if guesses:
            understood[text.STOCK] = await nlu.classify_all([guess.sentence for guess in guesses], stock.classify)
    for part in filter(None, (text.answers_compared(sides) if files else "", text.nlu_compared(understood) if guesses else "")):
        report.say(part)
    report.out["compare"] = {name: tally(name, results).as_dict() for name, results in sides.items()} if files else {}


def _read_files(args: argparse.Namespace, report: Report) -> list[QuestionFile]:
    files = []
    for path in args.files:
        try:
            file = questions.read(path, args.format, args.limit)
        except UnreadableFile as error:
            report.leave_out(str(error))
            continue
        for line in file.broken:
            report.leave_out(f"{path}: {line}")
        if file.questions:
            files.append(file)
    return files


def _read_sentences(args: argparse.Namespace, report: Report) -> list[nlu.Sentence]:
    if args.nlu is None:
        return []
    sentences, broken = nlu.read(args.nlu)
    for line in broken:
        report.leave_out(line)
    return sentences


def _tell_file(args: argparse.Namespace, report: Report, file: QuestionFile, results: list[Result]) -> None:
    counts = tally(file.name, [results])
    report.say(text.tally(counts))
    if args.failures or args.wrong:
        report.say(text.failures(r for r in results if args.failures or r.verdict.kind is Kind.WRONG))
    missed = [result.as_dict() for result in results if not result.verdict.right]
    report.out.setdefault("files", []).append({**counts.as_dict(), "format": file.form, "failures": missed})


def _tell_all(args: argparse.Namespace, report: Report, results: list[Result]) -> None:
    if args.calibration and results:
        found = calibration.calibration(map(calibration.of_result, results))
        report.say("== độ tin cậy của câu trả lời\n\n" + text.calibration(found))
        report.out["calibration"] = found.as_dict()
    if args.records:
        _write(args.records, "".join(records.to_json(result.record) + "\n" for result in results))


def _tell_nlu(args: argparse.Namespace, report: Report, guesses: list[nlu.Guess]) -> None:
    intents, styles = nlu.shares(guesses, lambda s: s.intent), nlu.shares(guesses, lambda s: s.style)
    taken = nlu.confusion(guesses)
    confusion = text.confusion(taken, None if args.failures else FEW)
    p50, p99 = (percentile((guess.ms for guess in guesses), rank) for rank in (50, 99))
    read = text.times("Thời gian hiểu một câu, từ chữ đến ý định và tên gọi", p50, p99)
    tables = [text.shares("ý định", intents), text.shares("lối viết", styles, labels.style), confusion, read]
    report.say("\n\n".join(["== nhận dạng ý định", *tables]))
    if args.failures:
        report.say(text.mistakes(guesses))
    report.out["nlu"] = {
        "intents": [row.as_dict() for row in intents], "styles": [row.as_dict() for row in styles],
        "confusion": {intent: dict(counts) for intent, counts in taken.items()}, "ms": {"p50": round(p50, 1), "p99": round(p99, 1)}}
    if args.calibration:
        found = calibration.calibration(calibration.Sample(guess.confidence, guess.right, not guess.right) for guess in guesses)
        report.say("== độ tin cậy của nhận dạng ý định\n\n" + text.calibration(found))
        report.out["nlu"]["calibration"] = found.as_dict()


def _tell_leaks(args: argparse.Namespace, report: Report, leaked: list[tuple[str, str]], guesses: list[nlu.Guess]) -> None:
    """Which sentences were trained on, and the accuracy without them: they measure nothing."""
    known = {sentence for sentence, _ in leaked}
    fresh = [guess.right for guess in guesses if guess.sentence.text not in known]
    lines = [f"Câu đánh giá trùng với dữ liệu huấn luyện: {len(leaked)}"]
    shown = leaked if args.failures else leaked[:FEW]
    lines.extend(f"  - {sentence}  =  {trained}" for sentence, trained in shown)
    if len(shown) < len(leaked):
        lines.append(f"  … và {len(leaked) - len(shown)} câu nữa (--failures in hết)")
    if leaked:
        lines.append(f"TỔNG, trừ câu trùng: {text.number(percent(sum(fresh), len(fresh)))} % của {len(fresh)} câu")
    report.say("\n".join(lines))
    report.out["leaks"] = sorted(known)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"Không ghi được “{path}”: {error.strerror or error}.", errors.USAGE) from error


def _positive(given: str) -> int:
    value = int(given)
    if value < 1:
        raise argparse.ArgumentTypeError("phải là số nguyên dương")
    return value

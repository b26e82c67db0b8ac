"""E-mail against a real SMTP server: what arrives, what refusals mean, encryption, and nothing smuggled into headers."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.email import VARIABLES, Email, Server, compose, is_address, load_email
from bot.channels.port import Forbidden, Outgoing, Remedy, Request, SendFailed
from bot.errors import Trouble
from tests.reminders.smtp_server import FakeMail, certificates, mail_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

TEXT = ("Còn 1 ngày: nhiệm vụ 18 “Đề án đô thị thông minh”.\n\nChi tiết: https://troly.tinh.gov.vn/x?a=1&b=2.\n"
        "<script>alert('x')</script>")
AN = "an.nv@tinh.gov.vn"


def channel(fake: FakeMail, context: ssl.SSLContext | None = None, **more: Any) -> Email:
    server = Server("127.0.0.1", fake.port, "nhacviec@tinh.gov.vn", tls="none", timeout=5.0)
    return Email(replace(server, **more), context=context)


def exchange(fake: FakeMail, *messages: Outgoing, tls: str = "none", server: ssl.SSLContext | None = None,
             client: ssl.SSLContext | None = None, **more: Any) -> list[str]:
    """Sends the messages one after another; their ids."""
    async def run() -> list[str]:
        async with mail_server(fake, tls, server):
            mailer = channel(fake, client, tls=tls, **more)
            return [await mailer.send(message) for message in messages]

    return asyncio.run(run())


def refusal(fake: FakeMail, **more: Any) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        exchange(fake, Outgoing(AN, TEXT), **more)
    assert AN not in caught.value.reason and "secret" not in caught.value.reason
    return caught.value


def test_a_message_arrives_as_text_and_as_safe_html() -> None:
    fake = FakeMail()
    (id_,) = exchange(fake, Outgoing(AN, TEXT))
    (mail,), (envelope,) = fake.taken, fake.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("nhacviec@tinh.gov.vn", [AN])
    assert mail["To"] == AN and "nhacviec@tinh.gov.vn" in mail["From"] and mail["Message-ID"] == id_
    assert mail["Subject"] == "Còn 1 ngày: nhiệm vụ 18 “Đề án đô thị thông minh”."
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Unsubscribe"].startswith("<mailto:nhacviec@tinh.gov.vn")
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and rich is not None
    assert plain.get_content().replace("\r\n", "\n").startswith(TEXT) and "chương trình máy tính" in plain.get_content()
    page = rich.get_content()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert '<a href="https://troly.tinh.gov.vn/x?a=1&amp;b=2" rel="noopener noreferrer">' in page


def test_a_repeat_is_known_by_its_message_id() -> None:
    fake = FakeMail()
    about = Outgoing(AN, TEXT, record={"kind": "reminder", "notices": [{"ref": "kh#task:18", "deadline": "2026-01-05", "step": "-1"}]})
    later = replace(about, record={"kind": "reminder", "notices": [{"ref": "kh#task:18", "deadline": "2026-01-05", "step": "0"}]})
    ids = exchange(fake, about, about, later, replace(about, chat="binh@tinh.gov.vn"))
    assert ids[0] == ids[1] and len(set(ids)) == 3
    assert ids[0].endswith("@tinh.gov.vn>")


@pytest.mark.parametrize(("step", "answer", "remedy"), [
    ("rcpt", "550 5.1.1 secret no such user", Remedy.OTHER_CHANNEL),
    ("rcpt", "552 5.2.2 mailbox full", Remedy.OTHER_CHANNEL),
    ("rcpt", "450 4.2.0 greylisted", Remedy.RETRY),
    ("rcpt", "421 4.3.2 shutting down", Remedy.RETRY),
    ("mail", "550 5.7.1 sender rejected", Remedy.STOP_CHANNEL),
    ("mail", "451 4.3.0 try later", Remedy.RETRY),
    ("mail", "530 5.7.0 authentication required", Remedy.STOP_CHANNEL),
    ("data", "554 5.6.0 content rejected", Remedy.DEAD_LETTER),
    ("data", "452 4.3.1 out of space", Remedy.RETRY),
])
def test_what_a_refusal_means(step: str, answer: str, remedy: Remedy) -> None:
    fake = FakeMail(**{step: answer})  # type: ignore[arg-type]
    failure = refusal(fake)
    assert failure.remedy is remedy and answer[:3] in failure.reason
    assert not fake.envelopes


def test_a_server_that_is_slow_breaks_off_or_is_away_is_tried_again() -> None:
    assert refusal(FakeMail(hang=30.0), timeout=0.2).remedy is Remedy.RETRY
    assert refusal(FakeMail(drop=True)).remedy is Remedy.RETRY

    async def nobody_there() -> None:
        fake = FakeMail()
        async with mail_server(fake):
            pass
        await channel(fake).send(Outgoing(AN, TEXT))

    with pytest.raises(SendFailed) as caught:
        asyncio.run(nobody_there())
    assert caught.value.remedy is Remedy.RETRY


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_encryption_is_kept_to(tls: str, tmp_path: Path) -> None:
    server, trusting = certificates(tmp_path)
    fake = FakeMail(password="right")
    exchange(fake, Outgoing(AN, TEXT), tls=tls, server=server, client=trusting, user="troly", password="right")
    assert fake.secure == [True] and fake.logins == ["troly"]
    strange = refusal(FakeMail(), tls=tls, server=server, client=ssl.create_default_context())
    assert strange.remedy is Remedy.STOP_CHANNEL and "chứng thư" in strange.reason


def test_a_wrong_password_stops_the_channel(tmp_path: Path) -> None:
    server, trusting = certificates(tmp_path)
    failure = refusal(FakeMail(password="right"), tls="tls", server=server, client=trusting, user="troly", password="secret")
    assert failure.remedy is Remedy.STOP_CHANNEL


def test_a_server_without_encryption_gets_nothing_where_encryption_is_asked_for() -> None:
    async def run(fake: FakeMail) -> None:
        async with mail_server(fake):
            await channel(fake, tls="starttls").send(Outgoing(AN, TEXT))

    fake = FakeMail()
    with pytest.raises(SendFailed) as caught:
        asyncio.run(run(fake))
    assert caught.value.remedy is Remedy.STOP_CHANNEL and not fake.envelopes


@pytest.mark.parametrize("address", [
    "", "an", "an@", "@tinh.gov.vn", "an@tinh.gov.vn\r\nBcc: b@x.vn", "an@tinh.gov.vn\n", "an nv@tinh.gov.vn", "an@tinh..gov.vn",
    "an@tinh.gov.vn, b@x.vn", "<an@tinh.gov.vn>", "ăn@tinh.gov.vn", "an@tỉnh.vn", "a" * 65 + "@x.vn", "a@" + "b." * 150 + "vn", "..a@x.vn",
])
def test_what_is_no_address_is_never_tried(address: str) -> None:
    assert not is_address(address)
    fake = FakeMail()
    with pytest.raises(SendFailed) as caught:
        exchange(fake, Outgoing(address, TEXT))
    assert caught.value.remedy is Remedy.OTHER_CHANNEL and not fake.envelopes


@given(text=st.text(max_size=400), user=st.from_regex(r"[a-z0-9.+_-]{1,20}", fullmatch=True))
def test_no_text_makes_a_header(text: str, user: str) -> None:
    """Every header is one that we wrote, whatever the text says."""
    message = Outgoing(f"x{user}y@tinh.gov.vn".replace("..", "."), text + "\r\nBcc: evil@x.vn\r\n\r\nX", record={"text": text})
    mail = compose(message, "nhacviec@tinh.gov.vn", datetime(2026, 1, 5, tzinfo=timezone.utc))
    head = mail.as_bytes().split(b"\n\n", 1)[0].decode("ascii")
    names = [line.split(":")[0] for line in head.split("\n") if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted([
        "From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
        "Content-Type"])


def test_it_only_sends() -> None:
    mailer = channel(FakeMail())
    with pytest.raises(Forbidden):
        mailer.receive(Request(b"{}", {}, datetime.now(timezone.utc)))
    assert not mailer.polls and asyncio.run(mailer.poll()) == ()


def test_check_says_whether_the_server_answers(tmp_path: Path) -> None:
    async def run(fake: FakeMail) -> str:
        async with mail_server(fake):
            return await channel(fake).check()

    assert "có trả lời" in asyncio.run(run(FakeMail()))


ENVIRON = {"TROLY_SMTP_HOST": "mail.tinh.gov.vn", "TROLY_SMTP_FROM": "nhacviec@tinh.gov.vn"}


def test_it_is_off_until_a_server_is_named() -> None:
    assert load_email({}) is None and load_email({"TROLY_SMTP_HOST": " "}) is None
    assert isinstance(load_email(ENVIRON), Email)
    assert isinstance(load_email({**ENVIRON, "TROLY_SMTP_USER": "u", "TROLY_SMTP_PASSWORD": "p", "TROLY_SMTP_TLS": "TLS"}), Email)


@pytest.mark.parametrize(("changed", "named"), [
    ({"TROLY_SMTP_FROM": ""}, "TROLY_SMTP_FROM"), ({"TROLY_SMTP_FROM": "a@b\nBcc: x@y"}, "TROLY_SMTP_FROM"),
    ({"TROLY_SMTP_HOST": "mail server"}, "TROLY_SMTP_HOST"), ({"TROLY_SMTP_PORT": "0"}, "TROLY_SMTP_PORT"),
    ({"TROLY_SMTP_PORT": "smtp"}, "TROLY_SMTP_PORT"), ({"TROLY_SMTP_TLS": "ssl"}, "TROLY_SMTP_TLS"),
    ({"TROLY_SMTP_USER": "u"}, "TROLY_SMTP_PASSWORD"),
    ({"TROLY_SMTP_USER": "u", "TROLY_SMTP_PASSWORD": "p", "TROLY_SMTP_TLS": "none"}, "TROLY_SMTP_TLS"),
])
def test_wrong_settings_are_named(changed: dict[str, str], named: str) -> None:
    with pytest.raises(Trouble, match=named):
        load_email({**ENVIRON, **changed})
    assert named in VARIABLES

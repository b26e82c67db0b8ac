"""What is answered before Rasa sees it: empty messages, endless ones, and those without a single letter or digit."""

from __future__ import annotations

from bot.assistant import records
from bot.assistant.records import Record
from knowledge.text.normalize import clean

LONGEST = 4000

EMPTY = "Anh/chị muốn hỏi điều gì ạ? Ví dụ: “cơ quan nào chủ trì nhiệm vụ 18?” hoặc “nhiệm vụ nào đến hạn trong tháng này?”."
NO_WORDS = (
    "Tin nhắn chưa có chữ nào nên trợ lý chưa hiểu. Anh/chị vui lòng gõ câu hỏi bằng chữ, "
    "ví dụ: “hạn hoàn thành nhiệm vụ 18 là khi nào?”."
)
TOO_LONG = (
    "Tin nhắn dài quá {longest} ký tự. Anh/chị vui lòng rút gọn, mỗi lần hỏi một ý, "
    "hoặc gửi văn bản thành tệp để nhập vào kho kế hoạch."
)


def check(text: str) -> Record | None:
    """The record that answers a message which Rasa need not see; None if it should.

    Length counts characters as typed, before normalising, so that a flood costs nothing.
    """
    if len(text) > LONGEST:
        return records.make("out_of_scope", TOO_LONG.format(longest=f"{LONGEST:,}".replace(",", ".")))
    cleaned = clean(text)
    if not cleaned:
        return records.make("out_of_scope", EMPTY)
    if not any(char.isalnum() for char in cleaned):
        return records.make("out_of_scope", NO_WORDS)
    return None


def prepare(text: str, payload: bool = False) -> str:
    """The message as Rasa gets it: NFC, one blank between words, no half characters.

    A typed message that begins with "/" would be taken by Rasa as an order to itself (`/restart`); only the payload
    of one of our own buttons may be one.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.strip() if payload else clean(whole).lstrip("/ ")

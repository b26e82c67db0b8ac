"""Buttons in words, for channels that draw none.

A person types what they choose and the assistant reads it, so nothing about the offer is kept: it works after a restart and in
another process. Therefore a choice shows its payload, which is a number or a few words; words are not turned into numbers,
since a number typed after a list already means a row of the list.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.port import Button, split


def written(text: str, buttons: Sequence[Button], longest: int) -> list[str]:
    """The text with the choices below it: one message of at most `longest` characters, or more where that is too short."""
    choices = _choices(buttons)
    whole = f"{text}\n\n{choices}" if choices else text
    return [whole] if len(whole) <= longest or not choices else [text, *split(choices, longest)]


def _choices(buttons: Sequence[Button]) -> str:
    """Titles with what to type for them. A title that is itself what to type stands in the text already or explains itself."""
    lines = [
        f"{button.payload}. {button.title}" if button.payload.isdecimal() else f"“{button.payload}”: {button.title}"
        for button in buttons if not _speaks_for_itself(button)
    ]
    same = [button.payload for button in buttons if _speaks_for_itself(button)]
    numbers = [payload for payload in same if payload.isdecimal()]
    words = [f"“{payload}”" for payload in same if not payload.isdecimal()]
    if numbers:
        lines.append(f"Mời anh/chị nhắn số để chọn: {', '.join(numbers)}.")
    if words:
        lines.append(f"Anh/chị có thể nhắn: {', '.join(words)}.")
    return "\n".join(lines)


def _speaks_for_itself(button: Button) -> bool:
    """Is what stands on the button what to type for it, at most cut short?"""
    return button.title == button.payload or (button.title.endswith("…") and button.payload.startswith(button.title[:-1]))

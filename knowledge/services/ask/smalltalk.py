"""Greetings, thanks, help, who is speaking; and what is not the assistant's business."""

from __future__ import annotations

from dataclasses import replace

from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.question import Answer, Question

TEXTS = {
    "greet": "Chào anh/chị. Tôi là trợ lý ảo (chương trình máy tính) tra cứu các kế hoạch thực hiện Nghị quyết "
    "57-NQ/TW. Anh/chị cần hỏi nhiệm vụ nào ạ?",
    "thank": "Rất vui được giúp anh/chị.",
    "goodbye": "Chào anh/chị, hẹn gặp lại.",
    "help": "Anh/chị có thể hỏi:\n"
    "• “Cơ quan nào chủ trì đề án đô thị thông minh?”, “nhiệm vụ 18 bao giờ xong?”, “ai phối hợp?”\n"
    "• “Nhiệm vụ của Sở Y tế”, “tháng 12/2025 có việc gì đến hạn?”, “việc nào đã quá hạn?”\n"
    "• “Chỉ tiêu phủ sóng 5G là bao nhiêu?”, “nhóm V có những nhiệm vụ nào?”\n"
    "Mỗi câu trả lời đều ghi nguồn; nội dung không có trong kế hoạch thì tôi nói là không có.",
    "ask_bot": "Tôi là trợ lý ảo, một chương trình máy tính, không phải người thật. Tôi tra cứu nhiệm vụ, chỉ tiêu và "
    "thời hạn trong các kế hoạch "
    "thực hiện Nghị quyết 57-NQ/TW và luôn ghi nguồn.",
}
OUT = (
    "Việc này nằm ngoài phạm vi của tôi. Tôi chỉ tra cứu nhiệm vụ, chỉ tiêu, thời hạn và cơ quan thực hiện trong các kế hoạch "
    "thực hiện Nghị quyết 57-NQ/TW."
)
INTENTS = tuple(TEXTS)


def answer_smalltalk(question: Question, kb: KnowledgeBase) -> Answer:
    """A polite word; the conversation stays where it was."""
    return Answer(
        "smalltalk", TEXTS[question.intent], intent=question.intent, replies=("Anh/chị hỏi gì được?",) if question.intent == "greet" else ()
    )


def answer_out_of_scope(question: Question, kb: KnowledgeBase) -> Answer:
    """Not the assistant's business; what was offered before is no longer on the table."""
    return Answer("out_of_scope", OUT, context=replace(question.context, choices=()), intent="out_of_scope")

"""From a read question to an answer record: the heart of the assistant, without any chat framework."""

from knowledge.services.ask.engine import answer
from knowledge.services.ask.question import Answer, Context, Question

__all__ = ["Answer", "Context", "Question", "answer"]

"""From the words of a question to ranked rows of the knowledge base."""

from knowledge.search.index import Hit, Index
from knowledge.search.scope import Scope

__all__ = ["Hit", "Index", "Scope"]

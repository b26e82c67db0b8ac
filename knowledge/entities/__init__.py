"""What a question names outright: agencies, provinces, row numbers, groups, annexes, documents, times."""

from knowledge.entities.finder import Entity, EntityFinder

__all__ = ["Entity", "EntityFinder"]

"""Agencies and provinces: their names, how officials write them, and who holds whose work since 2025."""

from knowledge.agencies.mentions import Mention, find_mentions
from knowledge.agencies.provinces import Province, Provinces, find_province
from knowledge.agencies.registry import Registry

__all__ = ["Mention", "Province", "Provinces", "Registry", "find_mentions", "find_province"]

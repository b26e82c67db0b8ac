"""A migrated database of each kind."""

from __future__ import annotations

from tests.databases import database_url, engine, postgres_server, postgres_url

__all__ = ["database_url", "engine", "postgres_server", "postgres_url"]

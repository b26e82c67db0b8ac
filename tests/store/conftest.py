"""Fixtures of these tests."""

from tests.databases import database_url, engine, postgres_server, postgres_url

__all__ = ["database_url", "engine", "postgres_server", "postgres_url"]

"""The database: plans in versions, their rows, agencies, cited documents and reported progress. SQLite or PostgreSQL."""

from knowledge.store.engine import COUNTED, hold, make_tables, open_engine, ping_when_idle, reading, writing
from knowledge.store.errors import StoreError
from knowledge.store.migrate import migrate
from knowledge.store.plans import PlanStore, PlanVersion
from knowledge.store.together import Write, gathering, is_gathered, write

__all__ = ["COUNTED", "PlanStore", "PlanVersion", "StoreError", "Write", "gathering", "hold", "is_gathered", "make_tables", "migrate",
           "open_engine", "ping_when_idle", "reading", "write", "writing"]

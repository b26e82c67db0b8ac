"""The database: plans in versions, their rows, agencies, cited documents and reported progress. SQLite or PostgreSQL."""

from knowledge.store.engine import COUNTED, hold, make_tables, open_engine, writing
from knowledge.store.errors import StoreError
from knowledge.store.migrate import migrate
from knowledge.store.plans import PlanStore, PlanVersion

__all__ = ["COUNTED", "PlanStore", "PlanVersion", "StoreError", "hold", "make_tables", "migrate", "open_engine", "writing"]

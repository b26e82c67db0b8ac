"""The words of the field as plain data: a plan, its rows, deadlines, agencies, legal documents.

Nothing here does I/O or knows a framework.
"""

from knowledge.model.agency import Agency
from knowledge.model.deadline import Deadline
from knowledge.model.document import LegalDocument
from knowledge.model.plan import KINDS, Kind, Plan, Row, Source, ref_kind, ref_plan

__all__ = ["KINDS", "Agency", "Deadline", "Kind", "LegalDocument", "Plan", "Row", "Source", "ref_kind", "ref_plan"]

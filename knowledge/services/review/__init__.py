"""The review workbook: what was read, for a person to look over, correct in Excel and give back.

    write_review(plan, path)        # one line a row, doubtful ones marked with the reason
    plan = read_review(path)        # the corrected workbook as a Plan; BrokenWorkbook says what is wrong with it
"""

from knowledge.services.review.reading import BrokenWorkbook, read_review
from knowledge.services.review.writing import write_review

__all__ = ["BrokenWorkbook", "read_review", "write_review"]

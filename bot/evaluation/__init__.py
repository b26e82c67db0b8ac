"""How well the assistant answers: judging records against expectations, running question files, telling the result.

    questions (read) → run (ask in process) → judge (annex | other) → tables, failures, calibration
    nlu: the question-form classifier over held-out sentences; leaks: that none of them was trained on
"""

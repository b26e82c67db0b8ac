"""Custom actions: one file per family of questions. Each reads the tracker, calls a service of `knowledge`, and utters the record.

Run in process by the assistant, or unchanged as a stock action server (`rasa run actions`).
"""

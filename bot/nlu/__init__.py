"""Rasa pipeline components: Vietnamese tokens, names and numbers, the form of the question."""

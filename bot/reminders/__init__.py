"""Reminders: computed from the knowledge base and the clock, recorded when told, sent through the outbox."""

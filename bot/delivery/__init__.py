"""Nothing accepted is lost: events wait in an inbox until answered, messages in an outbox until sent."""

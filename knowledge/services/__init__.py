"""The use cases: import plans, compare versions, review, export."""

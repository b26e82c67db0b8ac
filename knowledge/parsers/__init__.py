"""A document becomes a Plan: readers per file format, extractors per shape."""

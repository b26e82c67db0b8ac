"""How officials reach the assistant. One module a channel; `port` is what they have in common."""

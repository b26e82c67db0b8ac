"""The running parts: the assistant (Rasa in process), its commands, channels and reminders."""

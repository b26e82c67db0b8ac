"""What the assistant knows: plans, agencies, deadlines, and how to find them. Knows no Rasa and no aiohttp."""

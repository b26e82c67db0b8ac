"""Who is asking: officials, their linked chat accounts, what they may see and do, and what was done."""

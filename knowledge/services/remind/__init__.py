"""Who is to hear of which deadline, and when: pure computing over rows, people, a policy and the clock."""

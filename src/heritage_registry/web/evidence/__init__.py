"""Pictures and documents handed in with a report."""

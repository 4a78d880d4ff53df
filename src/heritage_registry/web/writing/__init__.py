"""Forms opened, answered, kept as drafts and saved."""

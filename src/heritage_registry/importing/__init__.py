"""Files that others keep, read into records: every problem named, nothing lost, nothing overwritten."""

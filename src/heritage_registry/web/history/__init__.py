"""Who changed what, restoring it, and exchanging work with others."""

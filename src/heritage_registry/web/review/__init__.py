"""Reviews, and what readers ask to have corrected."""

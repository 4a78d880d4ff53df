"""A registry of cultural-heritage sites: who says what of each place, and on which evidence."""

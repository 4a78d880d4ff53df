"""The map of a form and what it asks for."""

"""Forms made from the record classes: one definition gives the fields, their reading and their checks."""

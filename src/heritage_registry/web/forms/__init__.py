"""Forms made from the record classes: one definition gives the fields, the reading of answers and the checks."""

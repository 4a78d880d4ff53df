"""The registry as plain pages for any web host: one for each site, source and claim, in each language."""

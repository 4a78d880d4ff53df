"""The registry as plain pages for any web host: one page a site, source and claim in each reader's language."""

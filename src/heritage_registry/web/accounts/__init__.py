"""Who may do what: accounts, passphrases, sessions, roles of routes, and the log of actions."""

"""The local app: the registry's files shown and edited in a browser on this machine."""

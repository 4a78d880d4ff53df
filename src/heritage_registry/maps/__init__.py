"""Interactive maps: pages that folium frames and our own layer draws, from the public view of the registry."""

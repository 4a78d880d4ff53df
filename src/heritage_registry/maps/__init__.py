"""Interactive maps: pages that folium frames and our layer draws, from the public view of the registry."""

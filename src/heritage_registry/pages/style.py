"""The look of the pages: the colours of the map and their own rules, in one file."""

from __future__ import annotations

from importlib.resources import files

from heritage_registry.maps.assets import static_text


def page_style() -> str:
    """Return what `style.css` holds."""
    own = files("heritage_registry.pages").joinpath("static", "style.css").read_text("utf-8")
    return static_text("tokens.css") + own

"""Scripts and styles written into a page: Leaflet from its package, and our modules from `static/`."""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from xstatic.pkg import leaflet

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z0-9-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |class )", re.MULTILINE)
_URL = re.compile(r"url\(([^)]+)\)")


def static_text(name: str) -> str:
    """Return a text file of `static/`."""
    return files("heritage_registry.maps").joinpath("static", name).read_text("utf-8")


@cache
def bundle(main: str) -> str:
    """Return a module and all it imports as one script, each module after those it needs.

    Modules share one scope, so their top-level names differ; `main`'s exports are what the page calls.
    """
    ordered: dict[str, str] = {}
    _collect(main, ordered, ())
    return "\n".join(ordered.values())


def _collect(name: str, ordered: dict[str, str], above: tuple[str, ...]) -> None:
    if name in ordered:
        return
    if name in above:
        raise ValueError(f"{name} imports itself through {' → '.join(above)}")
    text = static_text(name)
    for needed in _IMPORT.findall(text):
        _collect(needed, ordered, (*above, name))
    ordered[name] = _EXPORT.sub("", _IMPORT.sub("", text))


@cache
def leaflet_script() -> str:
    """Return Leaflet's script, without the reference to a source map that is not there."""
    return re.sub(r"\n?//# sourceMappingURL=.*", "", _leaflet("leaflet.js"))


@cache
def leaflet_style() -> str:
    """Return Leaflet's style with its pictures inside."""
    return _URL.sub(_embedded, _leaflet("leaflet.css"))


def _leaflet(name: str) -> str:
    return (Path(leaflet.BASE_DIR) / name).read_text("utf-8")


def _embedded(match: re.Match[str]) -> str:
    address = match.group(1).strip("\"'")
    if address.startswith("#"):
        return match.group()
    picture = base64.b64encode((Path(leaflet.BASE_DIR) / address).read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{picture})"

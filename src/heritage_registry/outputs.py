"""Files made from the registry, as opposed to its records: written whole, and only where they change."""

from __future__ import annotations

from pathlib import Path


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write a file unless it holds just that, and tell whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
    return True

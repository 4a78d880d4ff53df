"""From a form to the form of a source that is not held yet, and back with everything that was typed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from heritage_registry.references import UnreadableReferences, source_from_address
from heritage_registry.web.forms.data import Flat, holds_source
from heritage_registry.web.forms.source_finder import is_address
from heritage_registry.web.office import Reader
from heritage_registry.web.writing.drafts import TooManyDrafts, is_draft_id
from heritage_registry.web.writing.pasting import whole_address

BACK, INTO = "_back", "_into"
"""What the form of a source remembers: the draft it came from, and the answer there that waits for it."""

_LONGEST_ADDRESS = 2_000


def way_to_new_source(reader: Reader, draft_id: str, path: str, typed: str) -> str:
    """Return the address of an empty source form that leads back into a field of a draft."""
    asked = {"back": draft_id, "into": path}
    if is_address(typed) and len(typed) <= _LONGEST_ADDRESS:
        asked["address"] = typed
    return f"/new/source?draft={reader.drafts.new_id()}&{urlencode(asked)}"


def beginning(asked: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return where the form of a source leads back to, and an address to fill it from."""
    back, into = asked.get("back", ""), asked.get("into", "")
    control = {BACK: back, INTO: into} if is_draft_id(back) and holds_source(into) else {}
    return control, asked.get("address", "")[:_LONGEST_ADDRESS]


def fields_of(address: str, taken: Mapping[str, object]) -> dict[str, object]:
    """Return what an address tells of a source, by field."""
    if not address:
        return {}
    try:
        draft = source_from_address(whole_address(address), taken.keys())
    except UnreadableReferences:
        return {}
    found: dict[str, object] = {"type": draft.type, "URL": draft.url, "DOI": draft.doi}
    found["archived"] = [{"url": copy.url, "captured": copy.captured} for copy in draft.archived]
    return {name: value for name, value in found.items() if value}


def led_back(reader: Reader, control: Mapping[str, str], key: str) -> str | None:
    """Put a source into the draft that waits for it; return the draft's address, or None where none waits."""
    draft = reader.drafts.get(control.get(BACK, ""))
    into = control.get(INTO, "")
    if draft is None or not holds_source(into):
        return None
    fields: Flat = dict(draft.fields) | {into: key}
    try:
        reader.drafts.keep(draft.id, draft.form, list(fields.items()))
    except (TooManyDrafts, OSError):
        return None
    return f"{draft.form}?draft={draft.id}&filled={quote(key)}"

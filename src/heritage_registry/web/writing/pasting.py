"""What somebody pastes into the form of a source: a citation file, an address or a DOI."""

from __future__ import annotations

from collections.abc import Collection

from heritage_registry.references import (
    MAX_BYTES,
    SourceDraft,
    UnreadableReferences,
    read_references,
    source_from_address,
)


def read_citations(text: str, taken: Collection[str]) -> tuple[list[SourceDraft], list[str]]:
    """Read what was pasted, whatever of the forms it is in. Raises `UnreadableReferences`."""
    plain = text.strip()
    if not plain:
        raise UnreadableReferences("nothing was pasted")
    if plain.startswith(("http://", "https://", "doi:", "10.", "www.")) and "\n" not in plain:
        return [source_from_address(whole_address(plain), taken)], []
    raw = text.encode()[: MAX_BYTES + 1]
    form_name = "csl-json" if plain[0] in "[{" else "bibtex" if plain[0] == "@" else "ris"
    entries = read_references(raw, form_name, taken)
    drafts = [entry.draft for entry in entries if entry.draft is not None]
    problems = [message for entry in entries for message in entry.messages]
    if not drafts:
        raise UnreadableReferences("; ".join(problems))
    return drafts, problems[:20]


def whole_address(text: str) -> str:
    """Return an address with its scheme; a DOI becomes that of its resolver."""
    text = text.strip()
    if text.lower().startswith("doi:"):
        text = text[4:].strip()
    if text.startswith("10."):
        return f"https://doi.org/{text}"
    return text if "://" in text else f"https://{text}"

"""How to cite a site, a source or the registry: a line of text, BibTeX and CSL-JSON.

A site is cited with the digest of the records its page was made from, so that a reader can tell later whether
the registry still says the same. No word of any language is added: ids, names, digest and address are enough.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from heritage_registry.config import RegistryConfig
from heritage_registry.find import names_for
from heritage_registry.form import encode, in_language
from heritage_registry.parts import Citation
from heritage_registry.site import Excerpt, Site
from heritage_registry.source import CslName, Source
from heritage_registry.walk import parts

_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "#$%&_"},
    }
)


class Reference(msgspec.Struct, frozen=True):
    """One thing to cite, in the three forms that writers and their programs use."""

    text: str
    bibtex: str
    csl: dict[str, Any]


def cited_keys(record: msgspec.Struct) -> frozenset[str]:
    """Return the keys of all sources that a record cites or quotes."""
    return frozenset(part.source for part in parts(record) if isinstance(part, Citation | Excerpt))


def with_origins(keys: Iterable[str], sources: Mapping[str, Source]) -> frozenset[str]:
    """Return keys of sources together with those of all sources that these derive from, step by step."""
    found: set[str] = set()
    open_keys = list(keys)
    while open_keys:
        key = open_keys.pop()
        if key not in found:
            found.add(key)
            open_keys += sources[key].derives_from
    return frozenset(found)


def site_digest(site: Site, sources: Mapping[str, Source]) -> str:
    """Return one SHA-256 over a public site record and every source its page and assessment rest on.

    The texts of the records in canonical form are hashed one after another, the site first, then the sources
    ordered by key.
    """
    total = hashlib.sha256(encode(site))
    for key in sorted(with_origins(cited_keys(site), sources)):
        total.update(encode(sources[key]))
    return total.hexdigest()


def page_address(base_url: str | None, language: str, path: str) -> str | None:
    """Return the address of a page on the web, or None where the pages have none.

    `path` is the page's file in the folder of the language.
    """
    return f"{base_url.rstrip('/')}/{language}/{path}" if base_url else None


def cite_site(
    site: Site, digest: str, config: RegistryConfig, language: str, base_url: str | None = None
) -> Reference:
    """Cite the registry's record of a site. Its title is the name that comes first in the language."""
    name = names_for(site, language)[0]
    csl = {
        "id": site.id,
        "type": "entry",
        "title": name.text,
        "container-title": in_language(config.title, language)[1],
        "number": site.id,
        "version": f"sha256:{digest}",
        "license": config.licence,
        "URL": page_address(base_url, language, f"sites/{site.id}.html"),
        "language": name.language,
    }
    return _registry_reference(f"{name.text} ({site.id})", csl)


def cite_registry(
    digest: str, config: RegistryConfig, language: str, base_url: str | None = None
) -> Reference:
    """Cite the whole registry as the public sees it; `digest` is that of `registry_digest`."""
    _, title = in_language(config.title, language)
    csl = {
        "id": f"registry-{digest[:8]}",
        "type": "dataset",
        "title": title,
        "version": f"sha256:{digest}",
        "license": config.licence,
        "URL": page_address(base_url, language, "index.html"),
        "language": language,
    }
    return _registry_reference(title, csl)


def _registry_reference(head: str, csl: Mapping[str, str | None]) -> Reference:
    shown = (head, csl.get("container-title"), csl["version"], csl["license"], csl["URL"])
    fields = {
        "title": csl["title"],
        "howpublished": csl.get("container-title"),
        "version": csl["version"],
        "note": csl["license"],
    }
    return Reference(
        ". ".join(part for part in shown if part),
        _bibtex(str(csl["id"]), fields, csl["URL"]),
        _present(csl),
    )


def cite_source(source: Source) -> Reference:
    """Cite what a source of the registry is itself, as far as its record tells."""
    authors = [_author(name) for name in source.author]
    title = source.title or source.id
    address = source.url or source.read_at
    shown = ("; ".join(authors), title, source.container_title, source.publisher, source.issued, address)
    fields = {
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in authors) or None,
        "title": title,
        "journal": source.container_title,
        "publisher": source.publisher,
        "date": source.issued,
        "langid": source.language,
    }
    csl = {
        "id": source.id,
        "type": source.type,
        "title": title,
        "author": [msgspec.to_builtins(name) for name in source.author] or None,
        "container-title": source.container_title,
        "publisher": source.publisher,
        "issued": _csl_date(source.issued) if source.issued else None,
        "accessed": _csl_date(source.accessed) if source.accessed else None,
        "URL": address,
        "language": source.language,
    }
    text = ". ".join(part for part in shown if part)
    return Reference(text, _bibtex(source.id, fields, address), _present(csl))


def csl_json(references: Iterable[Reference]) -> str:
    """Return a CSL-JSON file of several references, as reference managers read it."""
    raw = msgspec.json.encode([reference.csl for reference in references])
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def _author(name: CslName) -> str:
    return name.literal or ", ".join(part for part in (name.family, name.given) if part)


def _csl_date(edtf: str) -> dict[str, Any]:
    """Return numbers where the date is one plain date, else its EDTF text, which CSL takes as it is."""
    if re.fullmatch(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?", edtf):
        return {"date-parts": [[int(number) for number in edtf.split("-")]]}
    return {"raw": edtf}


def _bibtex(key: str, fields: Mapping[str, str | None], address: str | None) -> str:
    lines = [
        f"  {name} = {{{value if name == 'author' else _escaped(value)}}},"
        for name, value in fields.items()
        if value
    ]
    if address:
        # An address holds no brace, and a program that makes a link of it takes every other sign as it is.
        lines.append(f"  url = {{{address}}},")
    return "\n".join((f"@misc{{{key},", *lines, "}\n"))


def _escaped(text: str) -> str:
    """Return text that neither closes a field early nor is read as a command."""
    return " ".join(text.split()).translate(_BIBTEX)


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

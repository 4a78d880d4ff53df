"""The whole registry as everybody may see it, in one ZIP: every record file, tables, and what describes them.

It is an RO-Crate 1.1 (`ro-crate-metadata.json`) and a Frictionless data package (`datapackage.json`). The
records lie in it as in a registry's own folder: `heritage --registry FOLDER check` reads it after unpacking, and
nothing of the public view is lost.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from heritage_registry.exports.layers import (
    CLAIM_COLUMNS,
    REPORT_COLUMNS,
    SOURCE_COLUMNS,
    about,
    public_layers,
    public_sources,
)
from heritage_registry.form import encode
from heritage_registry.public import public_claims, public_view
from heritage_registry.registry import CLAIMS, SITES, SOURCES, Registry

_CREATED = (1980, 1, 1, 0, 0, 0)
"""A ZIP's first day: a clock would make every file another one."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_RULE = re.compile(r'^rule = "(\w+)"', re.MULTILINE)
_NO_LOG = (
    r'# The registry itself asks for "\1". Its log of reviews is not public and not in this copy.'
    '\nrule = "anyone"'
)

_CRATE_FILE = "ro-crate-metadata.json"
_CRATE_CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def package_file(registry: Registry, language: str) -> bytes:
    """Return the ZIP."""
    files = dict(_records(registry)) | dict(_tables(registry, language))
    facts = about(registry, language)
    files["datapackage.json"] = _json(_data_package(facts, language))
    files[_CRATE_FILE] = _json(_crate(facts, files))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: (name != _CRATE_FILE, name)):
            entry = zipfile.ZipInfo(name, _CREATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return out.getvalue()


def _records(registry: Registry) -> Iterator[tuple[str, bytes]]:
    groups = (
        (SITES, public_view(registry.sites.values())),
        (SOURCES, public_sources(registry)),
        (CLAIMS, public_claims(registry.claims.values())),
    )
    for kind, records in groups:
        for record in records:
            yield f"{kind.folder}/{record.id}{kind.suffix}", encode(record)
    settings = (registry.directory / "registry.toml").read_text("utf-8")
    yield "registry.toml", _RULE.sub(_NO_LOG, settings).encode()


_TABLES: Mapping[str, Mapping[str, str]] = {
    "reports": REPORT_COLUMNS, "sources": SOURCE_COLUMNS, "claims": CLAIM_COLUMNS,
}  # fmt: skip


def _tables(registry: Registry, language: str) -> Iterator[tuple[str, bytes]]:
    layers = public_layers(registry, language)
    for name, columns in _TABLES.items():
        rows: Sequence[Mapping[str, Any]] = getattr(layers, name)
        yield f"tables/{name}.csv", _csv(columns, rows)


def _csv(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(row[name]) for name in columns)
    return out.getvalue().encode()


def _cell(text: str | None) -> str:
    return "" if text is None else f"'{text}" if text.startswith(_FORMULA) else text


def _data_package(facts: Mapping[str, str], language: str) -> dict[str, Any]:
    resources = [
        {
            "name": name,
            "path": f"tables/{name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "profile": "tabular-data-resource",
            "schema": {
                "fields": [
                    {"name": column, "type": "string", "description": text}
                    for column, text in columns.items()
                ]
            },
        }
        for name, columns in _TABLES.items()
    ]
    return {
        "profile": "tabular-data-package",
        "name": "heritage-registry",
        "title": facts["title"],
        "description": facts["summary"],
        "version": facts["digest"],
        "language": language,
        "licenses": [{"name": facts["licence"]}],
        "contributors": [{"title": facts["attribution"], "role": "publisher"}],
        "resources": resources,
    }


def _crate(facts: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, Any]:
    parts = [name for name in sorted(files) if name != _CRATE_FILE]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": facts["title"],
        "description": facts["summary"],
        "license": {"@id": f"https://spdx.org/licenses/{facts['licence']}"},
        "creditText": facts["attribution"],
        "version": facts["digest"],
        "hasPart": [{"@id": name} for name in parts],
    }
    about_crate = {
        "@id": _CRATE_FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    licence = {
        "@id": f"https://spdx.org/licenses/{facts['licence']}",
        "@type": "CreativeWork",
        "name": facts["licence"],
    }
    entries = [
        {
            "@id": name,
            "@type": "File",
            "name": name,
            "encodingFormat": _MEDIA_TYPES[name.rpartition(".")[2]],
            "contentSize": str(len(files[name])),
        }
        for name in parts
    ]
    return {"@context": _CRATE_CONTEXT, "@graph": [about_crate, root, licence, *entries]}


_MEDIA_TYPES: Mapping[str, str] = {
    "geojson": "application/geo+json", "json": "application/json", "csv": "text/csv",
    "toml": "application/toml",
}  # fmt: skip


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"

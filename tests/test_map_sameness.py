"""A map built elsewhere counts as the same if it holds the same, however its parts are compressed."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import pytest

from conftest import heritage, report, site_feature, write
from heritage_registry.maps.page import map_page
from heritage_registry.maps.sameness import same_content
from heritage_registry.registry import read_registry


@pytest.fixture
def page(registry: Path) -> str:
    write(registry, "site", site_feature("a0000001", reports=[report()]))
    return map_page(read_registry(registry))


def packed_otherwise(page: str) -> str:
    """Compress every part of a page anew, as another build of zlib does: other bytes, the same text."""

    def again(part: re.Match[str]) -> str:
        raw = gzip.decompress(base64.b64decode(part.group(2)))
        packed = gzip.compress(raw, compresslevel=1, mtime=0)
        return f"{part.group(1)}{base64.b64encode(packed).decode('ascii')}{part.group(3)}"

    return re.sub(r'(<script type="text/plain" id="hr-[a-z0-9-]+">)([^<]*)(</script>)', again, page)


def test_a_page_packed_by_another_zlib_holds_the_same(page: str) -> None:
    other = packed_otherwise(page)
    assert other != page
    assert same_content(page, other)


def test_a_page_of_other_records_or_words_holds_something_else(registry: Path, page: str) -> None:
    write(registry, "site", site_feature("a0000002"))
    assert not same_content(page, map_page(read_registry(registry)))
    assert not same_content(page, page.replace("<title>", "<title>Other "))
    assert not same_content(page, page[: len(page) // 2])
    assert not same_content(page, "")


def test_the_command_leaves_a_page_that_holds_the_same_as_it_is(registry: Path, page: str) -> None:
    file = registry / "map.html"
    other = packed_otherwise(page)
    file.write_text(other, "utf-8")
    made = heritage(registry, "map", "--output", str(file))
    assert made.exit_code == 0, made.output
    assert file.read_text("utf-8") == other

    write(registry, "site", site_feature("a0000002"))
    heritage(registry, "map", "--output", str(file))
    assert file.read_text("utf-8") == map_page(read_registry(registry))

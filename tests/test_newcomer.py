"""What a newcomer met: pictures that nobody saw, and code in place of words."""

from __future__ import annotations

import pytest

from heritage_registry.differences import item_labels
from heritage_registry.parts import Review
from heritage_registry.web.office import map_policy
from heritage_registry.web.writing.pages import _title_of


def test_the_map_in_the_app_may_show_pictures_from_here() -> None:
    assert "img-src data: blob: 'self';" in map_policy("<script>1</script><style>a{}</style>")


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ("/new/site", "title.new_site"),
        ("/sites/xgsqj930/edit", "title.edit"),
        ("/sites/xgsqj930/report", "title.report"),
        ("/sites/xgsqj930/reports/r1/files", ""),
    ],
)
def test_an_unfinished_form_is_called_by_its_title(form: str, title: str) -> None:
    assert _title_of(form) == title


def test_an_act_of_a_review_is_told_without_digests_and_without_none() -> None:
    acts = [
        Review(act="written", by="elm", date="2026-11-25", content="0" * 64),
        Review(act="submitted", by="elm", date="2026-11-25"),
    ]
    assert item_labels(acts) == ["written elm 2026-11-25", "submitted elm 2026-11-25"]

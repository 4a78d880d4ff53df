"""Nasty texts, made here by rules: markup, templates, paths, numbers, dates, dark corners of Unicode."""

from __future__ import annotations

import random
import unicodedata
from itertools import product

RUN = "document.title='run'"
_TAGS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'<a href="javascript:{RUN}">x</a>',
    f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<details open ontoggle={RUN}>",
    "<style>@import 'x';</style>",
    f"<input autofocus onfocus={RUN}>",
    "<base href='//x.example/'>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    f"<math><mtext><script>{RUN}</script>",
    f"<body onload={RUN}>",
    f"<!--><script>{RUN}</script>-->",
    "<form action='//x.example'>",
)
_BREAKS = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "</textarea>",
    "</select>",
    "</title>",
    "</script>",
    "-->",
    "]]>",
    "`",
    "\\",
    "\n",
)
_TEMPLATES = (
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# x #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{{ config }}",
    "%(x)s",
    "{0}",
    "{key}",
    "{{",
    "%}",
    "{{''.__class__.__mro__}}",
    "%s%s%n",
    "$(id)",
    "`id`",
    "'; drop table sites; --",
    "1 or 1=1",
    "=1+1",
    "@SUM(A1)",
    "|id",
    "&& id",
)
_PATHS = (
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\x",
    "\\\\host\\share",
    "%2e%2e%2f",
    "....//",
    "con",
    "nul",
    "~root",
    "a/../../b",
    ".git/config",
    "registry.toml",
    "http://169.254.169.254/",
    "gopher://x",
    "javascript:alert(1)",
    "data:text/html,x",
)
_NUMBERS = (
    "0",
    "-0",
    "-1",
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-Infinity",
    "1" * 400,
    "0x10",
    "1_000",
    "１２",
    "٣",
    "1,5",
    "9" * 20,
    "1e-400",
    "true",
    "null",
    "[]",
    "{}",
    '{"type":"Point","coordinates":[1e999,0]}',
    '{"type":"Polygon","coordinates":[]}',
    "[" * 3_000,
    '{"a":' * 2_000,
    '"\\ud800"',
    '{"type":"Point","coordinates":["a",null]}',
    '{"type":"Point"}',
    "39.7, 46.7, 1",
    "91, 181",
    "38S 1 1",
)
_DATES = (
    "0000",
    "2021-02-30",
    "2021-13",
    "Y-999999999",
    "99999",
    "../..",
    "/",
    "[..]",
    "{1999",
    "13/13/2013",
    "the 0th century",
    "-1",
    "1e9",
    "before before 1994",
    "2021-24",
    "century " * 300,
    "between 2009 and 2003",
    "12.05.2020-13.05.2020",
    "?" * 300,
    "X" * 300,
)
_UNSEEN = (
    "\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u00ad\u061c"
    "\u180e\u2028\u2029\u3164\ufff9\U000e0041\x00\x07\x1b\x7f\x85"
)
_LETTERS = (
    "Շուշի",
    "Şuşa İIıi",
    "Шуша",
    "შუშა",
    "شوشا",
    "הר",
    "和",
    "𝒳𝓎",
    "e\u0301",
    "Å",
    "ﬁ",
    "և ԵՒ",
    "ẞß",
    "🏛️",
    "👩‍👩‍👧",
    "می‌خواهم",
    "a" + "\u0301" * 300,
    "\u0301",
    "Z̷̢a̸l̶g̵o̴",
    "ТОКИО (T0KI0)",
    "pаypal",
    "\u00a0",
    "\u3000",
    "\u2007x",
)


def naughty_strings(count: int = 500) -> list[str]:
    """Return that many different texts, the same ones every time."""
    texts = [before + tag for before, tag in product(_BREAKS, _TAGS)]
    texts += [
        *_TEMPLATES,
        *_PATHS,
        *_NUMBERS,
        *_DATES,
        *_LETTERS,
        "",
        " ",
        "\t",
        "\n\n",
        "\r\n",
        "x" * 20_000,
        "-" * 70,
        "&#60;b&#62;",
        "&amp;lt;",
        "<",
        "'\"<>&",
    ]
    texts += [f"a{sign}b" for sign in _UNSEEN] + [sign + "<b>" for sign in _UNSEEN]
    chance = random.Random(515)
    planes = [
        chr(code) for code in range(0x20, 0x30000) if unicodedata.category(chr(code)) not in ("Cs", "Cn")
    ]
    while len(set(texts)) < count:
        texts.append("".join(chance.choices(planes, k=chance.randrange(1, 40))))
    return list(dict.fromkeys(texts))[:count]

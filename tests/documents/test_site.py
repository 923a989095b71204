"""The site: it builds without a warning, loads nothing from outside, and shows what the repository shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

_HOME = Path(__file__).parents[2]
_DOCS = _HOME / "docs"
_SHOWN = ("li", "tr", "pre", "h2", "h3", "img", "blockquote")
_LOADED = re.compile(r"<(?:script|img|link|iframe)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]*)\"")
_IMPORTED = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")]*)")


def built(docs: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build some documents as the site is built."""
    configuration = site.parent / "mkdocs.yml"
    told = (_HOME / "mkdocs.yml").read_text("utf-8")
    told = told.replace("docs_dir: docs", f"docs_dir: {docs}").replace("site_dir: build/site", f"site_dir: {site}")
    configuration.write_text(told, "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(configuration)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("built") / "site"
    done = built(_DOCS, folder)
    assert done.returncode == 0, done.stderr
    return folder


def counted(html: str) -> dict[str, int]:
    """How often each thing is shown that a reader would miss."""
    return {tag: len(re.findall(rf"<{tag}[ >]", html)) for tag in _SHOWN}


def body(page: str) -> str:
    """The document in a page of the site."""
    return page.partition('role="main"')[2].partition("<footer")[0]


def test_it_builds_without_a_warning(site: Path) -> None:
    """Every link leads somewhere, every anchor is there, every page has its place."""
    assert (site / "index.html").exists()


def test_no_heading_has_a_name_that_stops_the_script_of_the_theme(site: Path) -> None:
    """It looks headings up by their ids, and at one that begins with a digit it ends: tables and keys go dead."""
    # The page for what is not found is the theme's own, and has no list of headings.
    pages = {page.name: page.read_text("utf-8") for page in site.rglob("*.html") if page.name != "404.html"}
    assert {name: told for name, page in pages.items() if (told := re.findall(r"<h\d id=\"(\d[^\"]*)\"", page))} == {}


def test_every_page_has_one_place_in_the_menu() -> None:
    """Two entries that lead to the same page look like two pages."""
    told = (_HOME / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    named = re.findall(r": (\S+\.md)$", told, flags=re.MULTILINE)
    assert len(named) > 20
    assert sorted(named) == sorted(set(named))


def test_every_page_shows_what_the_repository_shows(site: Path) -> None:
    """The two read Markdown differently: a list or a block that only one of them sees is text in the other."""
    reader = MarkdownIt("commonmark").enable("table")
    for document in sorted(_DOCS.rglob("*.md")):
        page = (site / document.relative_to(_DOCS)).with_suffix(".html").read_text("utf-8")
        assert counted(body(page)) == counted(reader.render(document.read_text("utf-8"))), document.name


def test_nothing_is_loaded_from_outside(site: Path) -> None:
    """A shop without a way out reads it all, and nobody learns who reads it."""
    loaded = [found for page in site.rglob("*.html") for found in _LOADED.findall(page.read_text("utf-8"))]
    styled = [*site.rglob("*.css"), *site.rglob("*.svg")]
    loaded += [found for style in styled for found in _IMPORTED.findall(style.read_text("utf-8"))]
    assert loaded == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[away](nowhere.md)", "nowhere.md"),
        ("[deep](index.md#not-there)", "#not-there"),
    ],
)
def test_a_link_that_leads_nowhere_stops_the_build(text: str, complaint: str, tmp_path: Path) -> None:
    """The build that found none would have found these."""
    docs = tmp_path / "docs"
    for document in _DOCS.rglob("*"):
        target = docs / document.relative_to(_DOCS)
        target.mkdir(parents=True) if document.is_dir() else (target.parent.mkdir(parents=True, exist_ok=True))
        if document.is_file():
            target.write_bytes(document.read_bytes())
    with (docs / "index.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{text}\n")
    done = built(docs, tmp_path / "site")
    assert done.returncode == 1
    assert complaint in done.stderr


def test_what_comes_from_outside_and_what_is_not_shown_is_seen() -> None:
    """The searches find a planted one."""
    assert _LOADED.findall('<script defer src="https://cdn.example/x.js">') == ["https://cdn.example/x.js"]
    assert _LOADED.findall('<link rel="stylesheet" href="//fonts.example/css">') == ["//fonts.example/css"]
    assert _LOADED.findall('<a href="https://example.org">read</a><img src="pictures/a.svg">') == []
    assert _IMPORTED.findall("@font-face{src:url('https://fonts.example/a.woff2')}") == [
        "https://fonts.example/a.woff2"
    ]
    assert counted("<ul><li>a</li><li>b</li></ul><pre class='x'>") == {**dict.fromkeys(_SHOWN, 0), "li": 2, "pre": 1}

"""The figures: what they show can be read in them, as text."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.bench import __main__ as program
from tools.bench.figures import FIGURES, NoMatplotlib, draw_all
from tools.bench.record import DOCS, read_records


def test_every_figure_names_its_contenders_in_text(tmp_path: Path) -> None:
    """So that it can be searched and read aloud; and each says in a caption what it shows."""
    pytest.importorskip("matplotlib", reason="figures are drawn with the extra bench")
    records = read_records(DOCS)
    draw_all(tmp_path, records)
    for figure in FIGURES:
        drawn = (tmp_path / figure.file).read_text("utf-8")
        result = records[figure.needs].result
        shown = [reading.who for reading in result.readings if figure.needs == "peers" and reading.callers == 1]
        assert [name for name in shown if name not in drawn] == []
        assert "<text" in drawn
        assert figure.caption


def test_what_was_not_measured_is_not_drawn(tmp_path: Path) -> None:
    """An empty frame would look like a result."""
    pytest.importorskip("matplotlib", reason="figures are drawn with the extra bench")
    draw_all(tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_the_page_is_written_and_the_figures_are_told_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The figures are an extra; the numbers are not."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(NoMatplotlib, match="pip install"):
        draw_all(tmp_path, {})


def test_every_figure_on_the_page_is_in_the_folder() -> None:
    """A page with holes is worse than one without figures."""
    page = (DOCS / "benchmarks.md").read_text("utf-8")
    assert [figure.file for figure in FIGURES if figure.file in page and not (DOCS / figure.file).exists()] == []
    assert CliRunner().invoke(program.main, ["--help"]).exit_code == 0

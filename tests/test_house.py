"""The rules of the house that no linter knows: faces, rooms, words."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HOME = Path(__file__).parents[1]
_ROOMS = ("engine", "journal", "recovery", "tools")


def _sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((_HOME / folder).rglob("*.py")):
            yield str(file.relative_to(_HOME)), ast.parse(file.read_text("utf-8"))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _faces() -> list[Path]:
    return [file for room in _ROOMS for file in (_HOME / room).rglob("__init__.py")]


def _late(tree: ast.Module) -> list[ast.If]:
    """The block of a face that names what is loaded later."""
    return [node for node in tree.body if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"]


@pytest.mark.parametrize("face", _faces(), ids=lambda face: str(face.relative_to(_HOME)))
def test_a_face_is_docstring_imports_and_a_sorted_all(face: Path) -> None:
    """What a room gives away stands in one place, complete and in order, and nothing happens there."""
    tree = ast.parse(face.read_text("utf-8"))
    assert ast.get_docstring(tree)
    late = _late(tree)
    kinds = [type(node) for node in tree.body[1:] if node not in late]
    assert set(kinds) <= {ast.Import, ast.ImportFrom, ast.Assign}
    names = [ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)]
    given = [*tree.body, *(node for block in late for node in block.body)]
    imported = {name.asname or name.name for node in given if isinstance(node, ast.ImportFrom) for name in node.names}
    plumbing = {"annotations", "TYPE_CHECKING", "later"} if late else {"annotations"}
    plumbing -= set(names[0] if names else [])
    assert names in ([], [sorted(names[0], key=_isort_key)] if names else [])
    assert set(names[0] if names else []) == imported - plumbing


_WITH_THE_DOOR = [*_faces(), _HOME / "tillproof.py"]


def _module_of(face: Path) -> str:
    """What to import for it: the room, or the door."""
    place = face.relative_to(_HOME)
    return ".".join(place.parent.parts or [place.stem])


@pytest.mark.parametrize("face", _WITH_THE_DOOR, ids=lambda face: str(face.relative_to(_HOME)))
def test_what_a_face_loads_later_is_what_the_type_checker_was_told(face: Path) -> None:
    """The two lists of one block name the same, and nothing else stands there."""
    for block in _late(ast.parse(face.read_text("utf-8"))):
        told = [node for node in block.body if isinstance(node, ast.ImportFrom)]
        whole = {name.asname: name.name for node in block.body if isinstance(node, ast.Import) for name in node.names}
        names = {str(node.module): [name.name for name in node.names] for node in told}
        modules = f", modules={whole!r}" if whole else ""
        called = f"__getattr__ = later({_module_of(face)!r}, {names!r}{modules})"
        assert [ast.unparse(node) for node in block.orelse] == [called]
        assert len(block.body) == len(names) + len(whole)


@pytest.mark.parametrize("face", _WITH_THE_DOOR, ids=lambda face: str(face.relative_to(_HOME)))
def test_no_name_that_is_loaded_later_is_that_of_a_file_in_the_room(face: Path) -> None:
    """Whoever imported the file would put it in the place of the name, and nobody would be asked for the name."""
    late = [node for block in _late(ast.parse(face.read_text("utf-8"))) for node in block.body]
    names = {name.asname or name.name for node in late if isinstance(node, ast.ImportFrom) for name in node.names}
    assert names & {file.stem for file in face.parent.iterdir()} == set()


@pytest.mark.parametrize("face", _WITH_THE_DOOR, ids=lambda face: str(face.relative_to(_HOME)))
def test_every_name_of_a_face_can_be_had(face: Path) -> None:
    """Also those that are loaded later; and no other one."""
    room = importlib.import_module(_module_of(face))
    assert [name for name in getattr(room, "__all__", []) if not hasattr(room, name)] == []
    assert not hasattr(room, "nothing_of_this_name")


def _isort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, each by name: as the linter sorts them."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


_BESIDE = {file.name: ast.parse(file.read_text("utf-8")) for file in sorted(_HOME.glob("*.py"))}
"""The door, and what stands beside it."""

_EVERY_SOURCE = [*_sources(*_ROOMS), *_BESIDE.items()]


@pytest.mark.parametrize(("path", "tree"), _EVERY_SOURCE, ids=lambda value: value if isinstance(value, str) else "")
def test_each_room_imports_only_what_stands_to_its_right(path: str, tree: ast.Module) -> None:
    """Tools → tillproof → recovery → engine → journal, and never back."""
    order = ["tools", "tillproof", "recovery", "engine", "journal"]
    own = order.index(_room_of(path.split("/", maxsplit=1)[0].removesuffix(".py")))
    backwards = [module for module in _imports(tree) if _room_of(module.split(".")[0]) in order[:own]]
    assert backwards == []


def _room_of(name: str) -> str:
    """The till and asyncio's door are one with the door; what else stands beside it serves people, as the tools do."""
    beside = dict.fromkeys(["tillproof_aio", "tillproof_till"], "tillproof")
    return beside.get(name, "tools" if name.startswith("tillproof_") else name)


@pytest.mark.parametrize(("path", "tree"), _EVERY_SOURCE, ids=lambda value: value if isinstance(value, str) else "")
def test_other_rooms_are_entered_through_their_face(path: str, tree: ast.Module) -> None:
    """Whoever reaches past a face ties himself to what may change tomorrow."""
    others = {"engine", "journal", "recovery"} - {path.split("/", maxsplit=1)[0]}
    strangers = [module for module in _imports(tree) if "." in module and module.split(".")[0] in others]
    assert strangers == []


def test_the_simulator_shares_no_code_with_the_client() -> None:
    """A client and a simulator that share code share its mistakes, and every test is green."""
    shared = [
        f"{path}: {module}"
        for path, tree in _sources("tools/simulator")
        for module in _imports(tree)
        if module.split(".")[0] in {"engine", "journal", "recovery", "tillproof"}
    ]
    assert shared == []


def test_no_room_is_called_utils() -> None:
    """A drawer for everything is a drawer in which nothing is found."""
    drawers = [path for path, _ in _sources(*_ROOMS, "tests") if re.search(r"\b(utils?|helpers?|common|misc)\b", path)]
    assert drawers == []


def test_no_test_sleeps() -> None:
    """Time is a port; a test that waits for a clock is slow today and red tomorrow."""
    sleepers = [
        path
        for path, tree in _sources("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "sleep" and getattr(node.value, "id", "") == "time"
    ]
    assert sleepers == []


def test_every_test_says_in_one_sentence_what_holds() -> None:
    """A test is a claim; its docstring is the claim in words."""
    silent = [
        f"{path}: {node.name}"
        for path, tree in _sources("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_money_is_never_a_float() -> None:
    """No room that touches money converts to float; seconds are the only floats, and they are read in the settings."""
    converted = [
        path
        for path, tree in _sources("engine", "journal", "recovery")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
    ]
    assert converted == ["engine/settings.py"]


@pytest.mark.parametrize("room", _ROOMS)
def test_a_strangers_package_of_our_name_is_refused(room: str, tmp_path: Path) -> None:
    """Common words are shared with other people's folders; a payment must never run on somebody else's journal."""
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").write_text("")
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; sys.path.append({str(_HOME)!r}); import tillproof"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"ImportError: tillproof: the package {room!r} that Python finds is {tmp_path}" in done.stderr


def test_the_readme_shows_the_two_commands() -> None:
    """One command runs the main job, one the tests; a reader finds both."""
    readme = (_HOME / "README.md").read_text("utf-8")
    assert "make demo " in readme
    assert "make test " in readme

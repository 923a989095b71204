"""Security rules of the house that no linter knows, each with planted offenders: keys, dangerous calls, comparisons.

ruff's S, bandit and detect-secrets all passed a key that stood in the source as a plain text; so the rule is our own.
"""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

_HOME = Path(__file__).parents[1]
_ROOMS = ("engine", "journal", "recovery", "tools")
_SHIPPED = [*(file for room in _ROOMS for file in sorted((_HOME / room).rglob("*.py"))), *sorted(_HOME.glob("*.py"))]
_TEXTS = ("*.py", "*.toml", "*.md", "*.cfg", "*.yml", "*.yaml", "*.sh", "*.json", "Makefile")
_EVERYTHING = sorted(
    {
        file
        for folder in (*_ROOMS, "tests", "docs", "examples", "packaging")
        for form in _TEXTS
        for file in (_HOME / folder).rglob(form)
    }
    | {file for form in _TEXTS for file in _HOME.glob(form)}
)

# --- keys ---

_HARMLESS = re.compile(r"(?:example|demo|test)[-_ /\\].*|(?:[a-z]+-)+(?:key|secret)")
"""A key that guards nothing begins so, or is only a name for itself: ``another-key``."""
_OF_A_KEY = re.compile(r"_key$|(?:^|_)(?:secret|password|passwd|token|credential)s?$", re.IGNORECASE)
_DENSE = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,}={0,2}(?![A-Za-z0-9+/=_-])")
_BITS_A_LETTER = 4.1
"""Random Base64 of 32 letters has about 4.5 bits in each, English words in a row and paths stay below 4."""

_KNOWN = frozenset(
    {
        # Hashes of the protocol's own vectors, and a file of test vectors' ids; they are published.
        "6pVV99HhyZUvR34frmEt/oqzrr8kPRKeNx6+jdKM+EA=",
        "nEHOKf4TRdJRR0bukQRO6QCCRUurqlYg8jPGF5UebNs=",
        "UfyG0snSL4enquLQzcMrxzEi+WjLDs8ax0C9LS+nXMg=",
        "gJ5onJZWawMZtImiyBF7M+ScPW3S17ykQtCCQhbxdq8=",
        "x9GVNktkv6oOhk4wAwrVCElDNKT4er7KMKHktQ/QNE4=",
    }
)


def _keys_by_name(tree: ast.AST) -> Iterator[str]:
    """Texts that are given to something called key, secret, password and the like."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=ast.Constant(value=str(text))):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text))):
                names = [name]
            case ast.keyword(arg=str(name), value=ast.Constant(value=str(text))):
                names = [name]
            case ast.Call(func=ast.Name(id="Secret"), args=[ast.Constant(value=str(text))]):
                names = ["secret"]
            case _:
                continue
        if any(map(_OF_A_KEY.search, names)) and not _HARMLESS.fullmatch(text) and re.fullmatch(r"[!-~]{8,}", text):
            yield text


def _keys_by_form(text: str) -> Iterator[str]:
    """Words that are too dense for words."""
    for found in _DENSE.findall(text):
        mixed = re.search(r"[a-z]", found) and re.search(r"[A-Z]", found) and re.search(r"[0-9]", found)
        if mixed and found not in _KNOWN and _bits(found) >= _BITS_A_LETTER:
            yield found


def _bits(word: str) -> float:
    return -sum(times / len(word) * math.log2(times / len(word)) for times in Counter(word).values())


def test_no_key_stands_in_the_source() -> None:
    """Neither under the name of a key nor by its form, in code, tests, documents and configuration."""
    found = [
        f"{file.relative_to(_HOME)}: {key[:6]}…"
        for file in _EVERYTHING
        for key in (
            *(_keys_by_name(ast.parse(file.read_text("utf-8"))) if file.suffix == ".py" else ()),
            *_keys_by_form(file.read_text("utf-8")),
        )
        if file != Path(__file__)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "SECRET_KEY = 'correct-horse-battery'",
        "integration_key: str = 'k4711-0815-abcd'",
        "connect(password='hunter2hunter2')",
        "bar = Secret('correct-horse-battery')",
    ],
)
def test_a_key_under_its_name_is_found(source: str) -> None:
    """Assigned, annotated, handed over, wrapped: each is seen."""
    assert list(_keys_by_name(ast.parse(source)))


def test_a_key_without_a_name_is_found_by_its_form() -> None:
    """A random key in a list, a comment or a TOML file has no telling name, and no word is as dense."""
    planted = "Zk7pQ9xYw2Lr" + "VtB4mN8sHdJ1cGfA"
    assert list(_keys_by_form(f"values = ['bar', '{planted}']"))
    assert list(_keys_by_form(f"# was {planted}, do not lose"))


def test_the_only_private_key_is_the_one_that_tests_call_so() -> None:
    """It belongs to a simulated terminal, and its name says that it is for tests."""
    mark = "-----BEGIN " + "PRIVATE KEY"
    holders = [
        str(file.relative_to(_HOME))
        for folder in (*_ROOMS, "tests", "docs", "packaging")
        for file in (_HOME / folder).rglob("*")
        if file.is_file() and mark.encode() in file.read_bytes()
    ]
    assert holders == ["tests/simulator/test_only_key.pem"]


# --- calls that give a text power ---

_DANGEROUS_MODULES = frozenset({"pickle", "cPickle", "marshal", "shelve", "dill", "yaml", "telnetlib", "ftplib"})
_DANGEROUS_NAMES = frozenset({"eval", "exec", "compile", "__import__"})
_DANGEROUS_CALLS = frozenset({"os.system", "os.popen", "tempfile.mktemp", "ssl._create_unverified_context"})


def _dangers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name.split(".")[0] in _DANGEROUS_MODULES)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in _DANGEROUS_MODULES:
                yield module
            case ast.Call(func=ast.Name(id=name)) if name in _DANGEROUS_NAMES:
                yield name
            case ast.Attribute() if ast.unparse(node) in _DANGEROUS_CALLS:
                yield ast.unparse(node)
            case ast.keyword(arg="shell", value=ast.Constant(value=bool(value))) if value:
                yield "shell=True"
            case ast.keyword(arg="verify", value=ast.Constant(value=bool(value))) if not value:
                yield "verify=False"
            case _:
                continue


@pytest.mark.parametrize("file", _SHIPPED, ids=lambda file: str(file.relative_to(_HOME)))
def test_no_text_is_ever_run(file: Path) -> None:
    """No pickle, no eval, no shell, and no connection that trusts everybody."""
    assert list(_dangers(ast.parse(file.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "import yaml.nodes",
        "eval('1')",
        "exec(text)",
        "os.system('ls')",
        "run('ls', shell=True)",
        "get(url, verify=False)",
    ],
)
def test_a_planted_danger_is_seen(source: str) -> None:
    """Each of them, in the plainest form."""
    assert list(_dangers(ast.parse(source)))


# --- comparisons of secrets ---

_SECRET = re.compile(r"digest|hash|secret|signature|password|reveal|_key$")


def _plain_comparisons(tree: ast.AST) -> Iterator[str]:
    """Comparisons of secrets that end at the first difference, and so tell by their time how far a guess was right."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [left, *others]
                plain = any(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in ops)
                with_a_constant = any(isinstance(side, ast.Constant) for side in sides)
                if plain and not with_a_constant and any(map(_names_a_secret, sides)):
                    yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="startswith" | "endswith", value=value)) if _names_a_secret(value):
                yield ast.unparse(node)
            case _:
                continue


def _names_a_secret(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _SECRET.search(name) is not None
        case ast.Call(func=func):
            return _names_a_secret(func)
        case _:
            return False


@pytest.mark.parametrize(
    "file",
    [*sorted((_HOME / "engine").rglob("*.py")), *sorted((_HOME / "tools" / "simulator").rglob("*.py"))],
    ids=lambda file: str(file.relative_to(_HOME)),
)
def test_secrets_are_compared_in_constant_time(file: Path) -> None:
    """Hashes and keys only by ``hmac.compare_digest``; read in the source, because a clock finds only noise."""
    assert list(_plain_comparisons(ast.parse(file.read_text("utf-8")))) == []


def test_the_places_that_compare_secrets_are_known() -> None:
    """The till compares one hash, the simulated terminal a key and a hash; a new place is looked at, and added here."""
    places = [
        str(file.relative_to(_HOME))
        for file in _SHIPPED
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "hmac.compare_digest"
    ]
    assert sorted(places) == ["engine/samport/signing.py", *["tools/simulator/gate.py"] * 2]


@pytest.mark.parametrize(
    "source",
    [
        "expected_hash == digest",
        "secret.reveal() != given",
        "given in signatures",
        "digest.startswith(told)",
        "a.secret_key == other",
    ],
)
def test_a_planted_comparison_is_seen(source: str) -> None:
    """Equal, unequal, contained, begun: whichever way a careless hand compares."""
    assert list(_plain_comparisons(ast.parse(source)))


# --- the page ---


def test_every_test_that_the_security_page_names_is_there() -> None:
    """A claim leans on a test; the page is short enough to be read."""
    page = (_HOME / "docs" / "security.md").read_text("utf-8")
    named = set(re.findall(r"tests/[a-z_/]+(?:\.py)?", page))
    assert len(named) > 8
    assert [name for name in sorted(named) if not (_HOME / name).exists()] == []
    assert len(page.splitlines()) < 120

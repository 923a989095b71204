"""The configuration: read whole, or refused with the key, the value and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import BadInput, Settings, read_settings

_KEYS = {"TILLPROOF_INTEGRATION_KEY": "k-1234", "TILLPROOF_SECRET_KEY": "s-5678"}

_GOOD = """
journal = "tillproof.db"
[terminals.bar]
url = "http://127.0.0.1:8085/api/v2"
api = "2.2"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
secret_key_env = "TILLPROOF_SECRET_KEY"
"""


def read(folder: Path, text: str, **environment: str) -> Settings:
    """The settings that a file with this text gives."""
    file = folder / "tillproof.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file, environment or _KEYS)


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    """Paths are relative to the file, and what is left out has the documented default."""
    settings = read(tmp_path, _GOOD)
    bar = settings.terminals["bar"]
    assert settings.journal == tmp_path / "tillproof.db"
    assert (bar.origin, bar.base_path, bar.release.name) == ("http://127.0.0.1:8085", "/api/v2", "2.2")
    assert (bar.patience_s, bar.grace_s, bar.fence) == (30.0, 180.0, True)
    assert (bar.integration_key.reveal(), bar.secret_key.reveal()) == ("k-1234", "s-5678")


def test_a_key_can_stand_in_a_file(tmp_path: Path) -> None:
    """A key file is read relative to the configuration, without the line break that editors leave."""
    (tmp_path / "secret").write_text("from-a-file\n", encoding="utf-8")
    text = _GOOD.replace('secret_key_env = "TILLPROOF_SECRET_KEY"', 'secret_key_file = "secret"')
    assert read(tmp_path, text).terminals["bar"].secret_key.reveal() == "from-a-file"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("journal =", "jurnal ="), r"unknown key 'jurnal' = 'tillproof.db'; did you mean 'journal'"),
        (('journal = "tillproof.db"', ""), r"journal is missing"),
        (('journal = "tillproof.db"', "journal = 3"), r"journal = 3 cannot be; give a text"),
        (("[terminals.bar]", "[terminals.'b r']"), r"terminals\.b r"),
        (("[terminals.bar]", "[other]"), r"unknown key 'other'; the keys here are journal"),
        (('api = "2.2"', "api = 2.2"), r"terminals\.bar\.api = 2\.2 cannot be; give one of '1', '2\.0'"),
        (('api = "2.2"', 'api = "3"'), r"api = '3' cannot be"),
        (('api = "2.2"', ""), r"terminals\.bar\.api is missing"),
        (("http://127.0.0.1:8085/api/v2", "https://127.0.0.1/api/v2"), r"url = .* cannot be; give address, port"),
        (("http://127.0.0.1:8085/api/v2", "https://127.0.0.1:443/api/v2"), r"API 2 speaks plain http and signs"),
        (('api = "2.2"', 'api = "2.2"\ncertificate = "c.pem"'), r"certificate belongs to API 1"),
        (('api = "2.2"', 'api = "1"'), r"API 1 speaks https"),
        (
            ('api = "2.2"', 'api = "2.2"\nmode = "fast"'),
            r"mode = 'fast' cannot be; give one of",
        ),
        (('api = "2.2"', 'api = "2.2"\non_lost_reply = "retry"'), r"give one of 'wait', 'abort'"),
        (("http://127.0.0.1:8085/api/v2", "http://127.0.0.1:99999/api/v2"), r"url = .* cannot be"),
        (("http://127.0.0.1:8085/api/v2", "http://u:p@127.0.0.1:1/api"), r"url cannot be"),
        (("http://127.0.0.1:8085/api/v2", "http://127.0.0.1:1/api/../x?y"), r"url cannot be"),
        (('api = "2.2"', 'api = "2.2"\npatience_s = -1'), r"patience_s = -1 cannot be; give a number of seconds"),
        (('api = "2.2"', 'api = "2.2"\ngrace_s = true'), r"grace_s = True cannot be"),
        (('api = "2.2"', 'api = "2.2"\ngrace_s = nan'), r"grace_s = nan cannot be"),
        (('api = "2.2"', 'api = "2.2"\nfence = "no"'), r"fence = 'no' cannot be; give true or false"),
        (('secret_key_env = "TILLPROOF_SECRET_KEY"', ""), r"secret_key_env or .*secret_key_file must be given"),
        (('api = "2.2"', 'api = "2.2"\nsecret_key_file = "x"'), r"only one of them"),
        (("TILLPROOF_SECRET_KEY", "TILLPROOF_OTHER"), r"environment variable TILLPROOF_OTHER is empty or missing; set"),
        (("journal =", "journal"), r"is not TOML"),
        (('api = "2.2"', 'api = "2.2"\npatience_s = ' + "1" * 5000), r"is not TOML"),
        (('api = "2.2"', f'api = "2.2"\npatience_s = {"[" * 2000}{"]" * 2000}'), r"is not TOML"),
        (
            ('secret_key_env = "TILLPROOF_SECRET_KEY"', 'secret_key_file = "a\\u0000b"'),
            r"secret_key_file: .* cannot be",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_key_value_and_remedy(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    """One sentence says where, what and what to do; nothing is guessed."""
    with pytest.raises(BadInput, match=message):
        read(tmp_path, _GOOD.replace(*change))


@pytest.mark.parametrize(
    "change",
    [
        ('secret_key_env = "TILLPROOF_SECRET_KEY"', 'secret_key_env = "hunter2/pasted"'),
        ('secret_key_env = "TILLPROOF_SECRET_KEY"', 'secret_key = "hunter2"'),
        ('api = "2.2"', 'api = "2.2"\nmy_password = "hunter2"'),
        ('api = "2.2"', 'api = "2.2"\nsecretkey = "hunter2"'),
        ('api = "2.2"', 'api = "2.2"\nhmac = "hunter2"'),
        ('api = "2.2"', 'api = "2.2"\npin = "hunter2"'),
        ("[terminals.bar]", "[terminals.'b r']\nx = 'hunter2'\n[terminals.bar]"),
        ("http://127.0.0.1:8085/api/v2", "http://till:hunter2@127.0.0.1:8085/api/v2"),
        ("http://127.0.0.1:8085/api/v2", "http://127.0.0.1:8085/api/v2?key=hunter2"),
    ],
)
def test_a_key_pasted_into_the_file_is_not_repeated(tmp_path: Path, change: tuple[str, str]) -> None:
    """People paste keys where names belong; the error names the key's place and not its text."""
    with pytest.raises(BadInput) as caught:
        read(tmp_path, _GOOD.replace(*change))
    assert "hunter2" not in str(caught.value)


def test_an_unusable_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    """A key with a line break in it would make a header of its own."""
    with pytest.raises(BadInput, match="holds characters that no key has") as caught:
        read(tmp_path, _GOOD, TILLPROOF_INTEGRATION_KEY="k-1234", TILLPROOF_SECRET_KEY="s-56\r\n78")
    assert "s-56" not in str(caught.value)


def test_a_missing_file_says_how_to_name_one(tmp_path: Path) -> None:
    """The first thing that goes wrong for everybody."""
    with pytest.raises(BadInput, match=r"there is no such configuration; name it with -c"):
        read_settings(tmp_path / "nowhere.toml", _KEYS)


def test_settings_never_show_their_keys(tmp_path: Path) -> None:
    """Whoever logs the settings logs no key."""
    shown = repr(read(tmp_path, _GOOD))
    assert "k-1234" not in shown
    assert "s-5678" not in shown


def test_whoever_only_looks_things_up_needs_no_keys(tmp_path: Path) -> None:
    """An accountant's machine has the journal and not the keys; and what was not read can never be sent."""
    file = tmp_path / "tillproof.toml"
    file.write_text(_GOOD, encoding="utf-8")
    settings = read_settings(file, None)
    with pytest.raises(ValueError, match="this key was not read"):
        settings.terminals["bar"].secret_key.reveal()


_V1 = """
journal = "tillproof.db"
[terminals.bar]
url = "https://127.0.0.1:443/api/v1"
api = "1"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
certificate = "ECR-REST.pem"
amount_unit = "major"
"""


def test_version_1_has_a_certificate_a_unit_and_no_secret(tmp_path: Path) -> None:
    """What v1 needs is read, relative to the file; there is no fence to believe in."""
    bar = read(tmp_path, _V1).terminals["bar"]
    assert (bar.certificate, str(bar.amount_unit), bar.release.signs) == (tmp_path / "ECR-REST.pem", "major", False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('amount_unit = "major"', ""), r"amount_unit is missing; v1, required there"),
        (('certificate = "ECR-REST.pem"', ""), r"certificate is missing"),
        (('api = "1"', 'api = "1"\nsecret_key_env = "X"'), r"secret_key_env belongs to API 2"),
        (("https://127.0.0.1:443/api/v1", "http://127.0.0.1:443/api/v1"), r"API 1 speaks https"),
    ],
)
def test_version_1_is_not_guessed_at(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    """A unit that is guessed charges a hundredfold; so nothing is."""
    with pytest.raises(BadInput, match=message):
        read(tmp_path, _V1.replace(*change))


def test_every_setting_of_a_terminal_can_be_another_than_its_default(tmp_path: Path) -> None:
    """Each is read by its own name, and none of them stands for another."""
    changed = """
patience_s = 12.5
grace_s = 90
reboot_s = 5
payment_timeout_s = 100
question_timeout_s = 3
fence = false
reply_stamps_rise = false
idle_by_dialogs = false
wiped_whole = false
mode = "auto"
on_lost_reply = "abort"
shared = true
async_id_in_path = false
abort_path = "/Aborts"
read_card_path = "/Card"
print_path = "/Slip"
"""
    bar = read(tmp_path, _GOOD + changed).terminals["bar"]
    assert (bar.patience_s, bar.grace_s, bar.reboot_s) == (12.5, 90.0, 5.0)
    assert (bar.payment_timeout_s, bar.question_timeout_s, bar.mode.value) == (100.0, 3.0, "auto")
    assert (bar.fence, bar.reply_stamps_rise, bar.idle_by_dialogs, bar.wiped_whole) == (False,) * 4
    assert (bar.async_id_in_path, bar.aborts_lost, bar.shared) == (False, True, True)
    assert (bar.abort_path, bar.read_card_path, bar.print_path) == ("/Aborts", "/Card", "/Slip")


@pytest.mark.parametrize("path", ['"ReadCard"', '"/"', '"/a/../b?c"', "5"])
def test_a_path_that_is_none_below_the_base_is_refused(tmp_path: Path, path: str) -> None:
    """It is signed as it stands here, and no library may have a reason to write it in another way."""
    with pytest.raises(BadInput, match=r'cannot be; give a path below the base, such as "/ReadCard"$'):
        read(tmp_path, f"{_GOOD}read_card_path = {path}")


def test_the_name_of_a_variable_is_in_capitals(tmp_path: Path) -> None:
    """Whatever else stands there may be the key itself."""
    with pytest.raises(BadInput, match=r"secret_key_env cannot be; give the \*name\* of an environment variable"):
        read(tmp_path, _GOOD.replace("TILLPROOF_SECRET_KEY", "tillproof"))


def test_keys_of_one_terminal_can_be_read_without_those_of_another(tmp_path: Path) -> None:
    """A key that is missing for the kitchen keeps nobody from asking the bar's terminal."""
    kitchen = _GOOD.split("\n", 2)[2].replace("terminals.bar", "terminals.kitchen").replace("_KEY", "_KITCHEN_KEY")
    file = tmp_path / "tillproof.toml"
    file.write_text(_GOOD + kitchen, encoding="utf-8")
    terminals = read_settings(file, _KEYS, keys_of="bar").terminals
    assert terminals["bar"].secret_key.reveal() == "s-5678"
    with pytest.raises(ValueError, match="this key was not read"):
        terminals["kitchen"].secret_key.reveal()
    with pytest.raises(BadInput, match=r"terminals\.kitchen\.integration_key_env: .* is empty or missing"):
        read_settings(file, _KEYS, keys_of="kitchen")

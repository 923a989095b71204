"""What is wrong with a catalogue, in sentences for its translator. All that a machine can see of a bad translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from string import Formatter

from babel.messages.catalog import Catalog

from engine.language import Language
from engine.sentences import every_message

_NEGATION: Mapping[Language, frozenset[str]] = {
    Language.ENGLISH: frozenset({"not", "no", "nothing"}),
    Language.SWEDISH: frozenset({"inte", "inga", "inget", "ingen", "ingenting"}),
    Language.NORWEGIAN: frozenset({"ikke", "ingen", "ingenting"}),
    Language.DANISH: frozenset({"ikke", "ingen", "intet"}),
    Language.FINNISH: frozenset({"ei", "ettei", "älä", "eivät"}),
}
"""A lost or an added *not* is the one slip of a translator that charges twice; it is looked for in each sentence."""

BARE_RETRY: Mapping[Language, str] = {
    Language.ENGLISH: r"\bretry|\btry again",
    Language.SWEDISH: r"\bförsök (igen|på nytt)",
    Language.NORWEGIAN: r"\bprøv (igjen|på nytt)",
    Language.DANISH: r"\bprøv (igen|på ny)",
    Language.FINNISH: r"\byritä uudelleen|\byritä uudestaan",
}
"""What may be done again is the whole question, so nobody is told to try "it" again."""


def complaints(language: Language, catalogue: Catalog) -> list[str]:
    """One for each text that is missing, not looked at, left over, or says something else than the English."""
    wanted = every_message()
    there = {str(message.id): message for message in catalogue if message.id}
    found = [f"{language}: nobody says {text!r} any more" for text in there.keys() - wanted.keys()]
    for text in wanted:
        message = there.get(text)
        if message is None or not message.string:
            found.append(f"{language}: {text!r} is not translated")
        elif message.fuzzy:
            found.append(f"{language}: {text!r} has only a guess for a translation; look at it, and take the mark away")
        else:
            found += [f"{language}: {text!r} {what}" for what in _of_one(language, text, str(message.string))]
    return found


def _of_one(language: Language, text: str, said: str) -> Iterator[str]:
    if _placeholders(text) != _placeholders(said):
        yield f"fills in {_placeholders(text)}, and its translation {_placeholders(said)}"
    if re.search(r"(?<! )\{when\}", said):
        yield "has no blank before {when} in its translation; it is left out together with its blank"
    if said.encode("cp1252", errors="ignore").decode("cp1252") != said:
        yield "has letters in its translation that a Windows till cannot show (cp1252)"
    if said != said.strip() or "  " in said:
        yield "has stray blanks in its translation"
    if re.search(BARE_RETRY[language], said, re.IGNORECASE):
        yield "says a bare *retry* in its translation; say what to begin anew"
    if text.endswith(".") and _negated(Language.ENGLISH, text) != _negated(language, said):
        yield "has other sentences, or says *not* in others, than its translation"


def _placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _negated(language: Language, text: str) -> list[bool]:
    """Of each sentence, whether it says no; what does not end in a full stop is none, and is told apart."""
    sentences = re.split(r"(?<=\.) ", text) if text.endswith(".") else []
    return [not _NEGATION[language].isdisjoint(re.findall(r"\w+", sentence.lower())) for sentence in sentences]

"""Sentences for the cashier: what happened to the money, and what to do next, in her language.

This room knows outcomes and how they are said. It must not know the terminal, the journal or why something ended as it
did: the ``reason`` of an outcome is English and for the technician, and no sentence leans on it. Nothing here is
loaded before somebody asks for a sentence, and of the catalogues only the one that is asked for.

What is said is put together from whole sentences: what happened, how we know, what to do. Each is written in English in
``wording.py``, and that text is its key in the catalogues, as gettext has it. Translators edit
``catalogues/*.po``; ``python -m tests.sentences`` complains about what is missing, and compiles them.

We also considered one text for each combination of outcome, kind and evidence, under a made-up key. That were 300 texts
in each language, most of them the same but for a word, and a translator would have seen keys and no sentences. And we
considered sentences put together from words; no two of these languages put them in the same order.
"""

from engine.sentences.catalogue import CATALOGUES, catalogue
from engine.sentences.telling import sentence_of
from engine.sentences.wording import WORDINGS, Wording, every_message

__all__ = ["CATALOGUES", "WORDINGS", "Wording", "catalogue", "every_message", "sentence_of"]

"""Power cut: no stored fact is lost and none appears, whatever part of the writing the disk had come to do.

**What is tried.** A till works: it pays over lines that lose replies, dies and recovers, checkpoints, opens its journal
again and again, makes its table anew, lets threads share commits, meets a flush that fails and a disk that is full,
dies between any two calls, just before a flush too, and shares its journal with another process. A small library below
SQLite (``recorder.c``, preloaded) notes every write, change of size, flush, new and removed file under its folder, of
all processes in one order; and between them what the till said: these facts I try, these I was told are stored, this
order leaves. A play counts only if doing all of it again gives exactly the files that stand there: so nothing was
missed by the recorder.

**How.** At any moment of that log the power is cut. What was flushed is there; of the rest any part: dropped, torn at
512 bytes, the later without the earlier, sizes without contents, files without entries and entries of removed files
come back, because only a folder's own flush makes an entry safe. What was flushed in vain stays unsafe for ever. Each
image is opened by the shipped ``open_journal``. All stored facts must be there, digest by digest; nothing that was
never tried, or was told to be not written; every order that had been sent must be known with its dispatch. In one of
three images all is verified, and nothing may be found but a torn mark; in one of twelve the till goes on: one more
fact, a restart, and all is compared and verified again. Images count once by their content; one that is met again at a
later moment, when more had been promised, is judged again.

**What it cannot see.** A disk that lies about a flush, or breaks a sector in two; stale bytes of other files where a
size grew before its content (there are zeros here). Shrinking a file counts as flushed with its ``fdatasync``, as Linux
does. The content of the ballast is noise, and its images differ by length only. SQLite's shared memory is left out: it
is made anew. The numbers of stamps are not flushed, on purpose, and not judged here. Renaming and mapped writes are not
modelled; the recorder refuses a play in which they occur. An archive does not exist yet, and a backup is not cut.

We also considered a virtual file system of SQLite, which does not see what our own code writes beside it; and a real
file system on a device that drops writes, which is nearer to a shop's disk, a tenth as fast, and shows only what one
file system does today.
"""

from tests.prove.power.trial import PART

__all__ = ["PART"]

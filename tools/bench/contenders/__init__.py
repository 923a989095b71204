"""The contenders, a file each: what is compared. Each gives ``contend``, see ``tools/bench/contender.py``.

They are opened in processes of their own, and only there are the libraries of the peers imported: whoever has not
installed them can still measure the rest. They are imported by name, because no type checker knows all of them.
"""

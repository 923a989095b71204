"""``python -m tools.reference``: write all pages."""

from tools.reference import write

if __name__ == "__main__":
    write()

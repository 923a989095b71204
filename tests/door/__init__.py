"""The door: the whole of it, over real HTTP, with a real journal file, through real kills."""

"""The pictures of the terminal in the documents."""

"""One inventory policy per file."""

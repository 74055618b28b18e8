"""One what-if lever per file."""

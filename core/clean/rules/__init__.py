"""One cleaning rule per file; the registry lists them."""

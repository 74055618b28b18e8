"""Display tables, plain-language reasons, XLSX, CSV, HTML and PNG export."""

"""What the pages share; never a page."""

"""Rules that repair, each reporting every change it made."""

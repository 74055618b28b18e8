"""Turns an uploaded file into a typed table with named columns and a role, or says which row is wrong and why."""

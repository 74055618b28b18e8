"""The only room that opens DuckDB: connection, migrations, dataset versions, runs, jobs, overrides and audit."""

-- grain: one row per table of the store
-- unit: table name
-- parameters: none
SELECT table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary ORDER BY table_name

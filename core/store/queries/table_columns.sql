-- grain: one row per column of a table, in the schema's order
-- unit: column name
-- parameters: $table
SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND NOT internal ORDER BY column_index

-- grain: one row per run, newest first
-- unit: manifest as JSON
-- parameters: none
SELECT run_id, kind, manifest FROM runs ORDER BY created_at DESC, rowid DESC

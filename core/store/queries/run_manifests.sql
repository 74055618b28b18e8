-- grain: one row per run, newest first
-- unit: manifest as JSON; base: the run that one with changes by hand was made from, or NULL
-- parameters: none
SELECT run_id, kind, manifest, status, base FROM runs ORDER BY created_at DESC, rowid DESC

-- grain: one row
-- unit: highest schema version that ran, 0 = none
-- parameters: none
SELECT coalesce(max(version), 0) FROM schema_versions

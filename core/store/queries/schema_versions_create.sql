-- grain: one row per migration that ran
-- unit: schema version
-- parameters: none
CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, migrated_at TIMESTAMP NOT NULL)

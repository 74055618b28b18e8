-- grain: one row per migration that ran
-- unit: schema version
-- parameters: $version, $migrated_at
INSERT INTO schema_versions (version, migrated_at) VALUES ($version, $migrated_at)

-- grain: one row per header of files
-- unit: mapping as JSON; time in UTC
-- parameters: $fingerprint, $role, $mapping, $saved_at
INSERT OR REPLACE INTO saved_mappings (fingerprint, role, mapping, saved_at)
VALUES ($fingerprint, $role, $mapping, $saved_at)

-- grain: the mapping kept for one header
-- unit: rows deleted
-- parameters: $fingerprint
DELETE FROM saved_mappings WHERE fingerprint = $fingerprint

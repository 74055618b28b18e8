-- grain: one row when a mapping is kept for the header
-- unit: mapping as JSON
-- parameters: $fingerprint
SELECT mapping FROM saved_mappings WHERE fingerprint = $fingerprint

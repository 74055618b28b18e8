-- grain: one upload whose rows were partly replaced by a later one
-- unit: rows present
-- parameters: $upload_id, $loaded
UPDATE uploads SET loaded = $loaded WHERE upload_id = $upload_id

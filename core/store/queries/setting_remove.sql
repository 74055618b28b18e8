-- grain: one setting
-- unit: rows deleted
-- parameters: $name
DELETE FROM settings WHERE name = $name

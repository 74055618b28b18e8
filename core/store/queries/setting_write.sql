-- grain: one row per setting
-- unit: value as JSON
-- parameters: $name, $value
INSERT OR REPLACE INTO settings (name, value) VALUES ($name, $value)

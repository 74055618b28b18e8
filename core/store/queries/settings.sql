-- grain: one row per setting
-- unit: value as JSON
-- parameters: none
SELECT name, value FROM settings ORDER BY name

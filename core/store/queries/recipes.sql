-- grain: one row per recipe, newest first
-- unit: rules as JSON; times in UTC
-- parameters: none
SELECT recipe_id, parent_id, rules, created_at FROM recipes ORDER BY created_at DESC, rowid DESC

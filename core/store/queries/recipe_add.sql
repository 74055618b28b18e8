-- grain: one row per recipe
-- unit: rules as JSON; times in UTC
-- parameters: $recipe_id, $parent_id, $rules, $created_at
INSERT OR REPLACE INTO recipes (recipe_id, parent_id, rules, created_at)
VALUES ($recipe_id, $parent_id, $rules, $created_at)

-- grain: one row per recipe
-- unit: rules as JSON; times in UTC
-- parameters: $recipe_id, $parent_id, $rules, $created_at
-- later than every other one, so that the newest stays the newest when the clock was put back
INSERT OR REPLACE INTO recipes (recipe_id, parent_id, rules, created_at)
VALUES (
    $recipe_id, $parent_id, $rules,
    greatest($created_at, (SELECT max(created_at) + INTERVAL 1 MICROSECOND FROM recipes)))

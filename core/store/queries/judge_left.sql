-- grain: one row
-- unit: whether both `mine` and `theirs` have rows left
-- parameters: none
SELECT EXISTS (SELECT 1 FROM mine) AND EXISTS (SELECT 1 FROM theirs)

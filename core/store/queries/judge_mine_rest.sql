-- grain: one row
-- unit: whether any line of `incoming` is without an equal
-- parameters: none
SELECT EXISTS (SELECT 1 FROM mine)

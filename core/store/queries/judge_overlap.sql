-- grain: one row
-- unit: whether anything is stored of the days and locations of `incoming`
-- parameters: none
SELECT EXISTS (SELECT 1 FROM theirs_all)

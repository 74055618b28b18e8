-- grain: one row for all changes of one rule · unit: lines and pieces
-- parameters: none; temporary relation: changes
-- units_moved adds up what was taken off and put on, whatever the sign; gross_change: of the quantities without sign
SELECT count(*) FILTER (after IS NULL) AS removed, count(*) FILTER (after IS NOT NULL) AS changed,
       coalesce(sum(coalesce(after, 0) - before), 0) AS units_change,
       coalesce(sum(abs(coalesce(after, 0) - before)), 0) AS units_moved,
       coalesce(sum(abs(coalesce(after, 0)) - abs(before)), 0) AS gross_change
FROM changes

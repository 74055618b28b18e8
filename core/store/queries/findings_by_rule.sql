-- grain: one row per cleaning rule of a dataset version
-- unit: lines or SKU-periods changed; units added (+) or taken away (-); units moved either way
-- parameters: $version
SELECT rule, sum(cells)::BIGINT AS cells,
    coalesce(sum(coalesce(after_units, 0) - coalesce(before_units, 0)), 0) AS units_changed,
    coalesce(sum(abs(coalesce(after_units, 0) - coalesce(before_units, 0))), 0) AS units_moved
FROM findings WHERE version = $version GROUP BY rule ORDER BY rule

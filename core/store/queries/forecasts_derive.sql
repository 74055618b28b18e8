-- grain: one row per series and period of the run $base, now of the run $run_id
-- unit: units per period
-- parameters: $run_id, $base; reads the frame `incoming`: the rows that say something else, by sku, location and period
INSERT INTO forecasts
SELECT $run_id, b.sku, b.location, b.period, b.model, coalesce(c.mean, b.mean), coalesce(c.q025, b.q025),
    coalesce(c.q05, b.q05), coalesce(c.q10, b.q10), coalesce(c.q25, b.q25), coalesce(c.q50, b.q50),
    coalesce(c.q75, b.q75), coalesce(c.q90, b.q90), coalesce(c.q95, b.q95), coalesce(c.q975, b.q975)
FROM forecasts AS b LEFT JOIN incoming AS c USING (sku, location, period)
WHERE b.run_id = $base ORDER BY b.rowid

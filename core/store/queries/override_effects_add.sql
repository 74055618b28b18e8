-- grain: one row per change by hand and trading period
-- unit: units of the scope
-- parameters: none; reads the frame `incoming`
INSERT INTO override_effects (override_id, run_id, period, naive, before_units, after_units)
SELECT override_id, run_id, period, naive, "before", "after" FROM incoming

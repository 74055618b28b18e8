-- grain: one row per change by hand and trading period
-- unit: units of the scope
-- parameters: none
SELECT override_id, run_id, period, naive, before_units AS "before", after_units AS "after" FROM override_effects
ORDER BY rowid

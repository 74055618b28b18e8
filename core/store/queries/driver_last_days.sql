-- grain: one row per driver with dated values
-- unit: day
-- parameters: none
SELECT driver, max(period) FROM drivers WHERE period IS NOT NULL AND value IS NOT NULL GROUP BY driver ORDER BY driver

-- grain: all foreign currencies
-- unit: rows deleted
-- parameters: none
DELETE FROM exchange_rates

-- grain: one row per foreign currency
-- unit: the shop's money per unit of the currency
-- parameters: none
SELECT currency, rate FROM exchange_rates ORDER BY currency

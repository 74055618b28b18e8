-- grain: one row per currency the shop can reckon in · unit: the shop's money per unit of it
-- parameters: $default (currency of a shop that never chose one and whose lines name none, or several)
-- the relation `rates`; own: the shop's currency, as chosen, or else the only one its lines name
WITH named AS (SELECT DISTINCT upper(trim(currency)) AS currency FROM sales_lines WHERE trim(currency) <> ''),
home AS (
    SELECT coalesce((SELECT upper(value->>'$') FROM settings WHERE name = 'currency'),
                    (SELECT any_value(currency) FROM named HAVING count(*) = 1), $default) AS currency)
SELECT currency, 1.0 AS rate, true AS own FROM home
UNION ALL
SELECT upper(trim(currency)), rate, false FROM exchange_rates
WHERE rate > 0 AND upper(trim(currency)) <> (SELECT currency FROM home)

-- grain: one row per currency the shop can reckon in · unit: the shop's money per unit of it
-- parameters: $own (the shop's currency: as chosen, or else the only one its lines name)
-- the relation `rates`
SELECT upper(trim($own::VARCHAR)) AS currency, 1.0 AS rate, true AS own
UNION ALL
SELECT upper(trim(currency)), rate, false FROM exchange_rates
WHERE rate > 0 AND upper(trim(currency)) <> upper(trim($own::VARCHAR))

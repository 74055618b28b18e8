-- grain: one row per thing a user decided by hand that changes the clean demand
-- unit: figure: units, pieces per code, or money per unit of a currency
-- parameters: none
SELECT 'adjustment' AS kind, sku AS name, location AS place, period::VARCHAR AS detail, units AS figure
FROM adjustments
UNION ALL SELECT 'stock-out', sku, location, choice, 0 FROM stock_out_choices
UNION ALL SELECT 'link', old_sku, new_sku, '', factor FROM sku_links
UNION ALL SELECT 'rate', currency, '', '', rate FROM exchange_rates
ORDER BY kind, name, place, detail, figure

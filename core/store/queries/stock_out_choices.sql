-- grain: one row per SKU and location whose stock-outs are treated otherwise than the rule says
-- unit: none
-- parameters: none
SELECT sku, location, choice, created_at FROM stock_out_choices ORDER BY location, sku

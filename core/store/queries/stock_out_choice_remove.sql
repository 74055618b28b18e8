-- grain: one choice taken back
-- unit: rows
-- parameters: $sku, $location
DELETE FROM stock_out_choices WHERE sku = $sku AND location = $location

-- grain: one choice, new or in the place of an earlier one of the same SKU and location
-- unit: none
-- parameters: $sku, $location, $choice, $created_at
INSERT OR REPLACE INTO stock_out_choices (sku, location, choice, created_at)
VALUES ($sku, $location, $choice, $created_at)

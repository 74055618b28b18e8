-- grain: one row per choice, new or in the place of an earlier one of the same SKU and location
-- unit: none
-- parameters: none; reads the frame `incoming`, which names no key twice
INSERT OR REPLACE INTO stock_out_choices (sku, location, choice, created_at)
SELECT sku, location, choice, created_at FROM incoming

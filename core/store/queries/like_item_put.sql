-- grain: one row per SKU, new or in the place of an earlier choice for the same SKU
-- unit: multiplier: units of sku expected per unit of like_sku
-- parameters: none; reads the frame `incoming`, which names no key twice
INSERT OR REPLACE INTO like_items (sku, like_sku, multiplier, reason, created_at)
SELECT sku, like_sku, multiplier, reason, created_at FROM incoming

-- grain: one row per code that stands for another SKU
-- unit: factor: pieces of new_sku that one piece of old_sku is
-- parameters: none
SELECT old_sku, new_sku, factor, reason, created_at FROM sku_links ORDER BY new_sku, old_sku

-- grain: one row per SKU that is forecast like another one
-- unit: multiplier: units of sku expected per unit of like_sku
-- parameters: none
SELECT sku, like_sku, multiplier, reason, created_at FROM like_items ORDER BY sku

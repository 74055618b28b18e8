-- grain: one SKU, new or in the place of an earlier choice for the same SKU
-- unit: multiplier: units of sku expected per unit of like_sku
-- parameters: $sku, $like_sku, $multiplier, $reason, $created_at
INSERT OR REPLACE INTO like_items (sku, like_sku, multiplier, reason, created_at)
VALUES ($sku, $like_sku, $multiplier, $reason, $created_at)

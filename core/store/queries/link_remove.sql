-- grain: one link
-- unit: rows deleted
-- parameters: $old_sku
DELETE FROM sku_links WHERE old_sku = $old_sku

-- grain: one SKU that was forecast like another one
-- unit: rows deleted
-- parameters: $sku
DELETE FROM like_items WHERE sku = $sku

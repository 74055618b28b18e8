-- grain: one link, new or in the place of an earlier one of the same code
-- unit: factor: pieces of new_sku that one piece of old_sku is
-- parameters: $old_sku, $new_sku, $factor, $reason, $created_at
INSERT OR REPLACE INTO sku_links (old_sku, new_sku, factor, reason, created_at)
VALUES ($old_sku, $new_sku, $factor, $reason, $created_at)

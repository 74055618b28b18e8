-- grain: one row per link, new or in the place of an earlier one of the same code
-- unit: factor: pieces of new_sku that one piece of old_sku is
-- parameters: none; reads the frame `incoming`, which names no key twice
INSERT OR REPLACE INTO sku_links (old_sku, new_sku, factor, reason, created_at)
SELECT old_sku, new_sku, factor, reason, created_at FROM incoming

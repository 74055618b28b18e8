-- grain: one row per code that counts as another · unit: pieces of new_sku per piece of old_sku
-- parameters: none
-- the relation `links`: chains followed to their end; a link that leads back to itself counts for nothing
WITH RECURSIVE chain AS (
    SELECT old_sku, new_sku, factor, 1 AS steps FROM sku_links
    UNION ALL
    SELECT chain.old_sku, sku_links.new_sku, chain.factor * sku_links.factor, steps + 1
    FROM chain JOIN sku_links ON chain.new_sku = sku_links.old_sku
    WHERE steps <= (SELECT count(*) FROM sku_links))
SELECT old_sku, new_sku, factor FROM chain
WHERE new_sku NOT IN (SELECT old_sku FROM sku_links) AND factor > 0

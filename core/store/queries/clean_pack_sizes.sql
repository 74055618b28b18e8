-- grain: one row per code with a known pack · unit: pieces in one pack of the sales unit
-- parameters: none; temporary relation: links
-- the relation `pack_sizes`; where only the pack an item is bought in is known, it is sold in the same;
-- a code that merely goes on under another name may take the pack size of that one
WITH stated AS (
    SELECT sku, coalesce(arg_max(units_per_pack, (loaded_at, line)) FILTER (units_per_pack > 0),
        arg_max(pack, (loaded_at, line)) FILTER (pack > 0)) AS units
    FROM products JOIN uploads ON products.upload_id = uploads.upload_id
    WHERE units_per_pack > 0 OR pack > 0 GROUP BY sku)
SELECT sku, units FROM stated
UNION ALL
SELECT old_sku, units FROM links JOIN stated ON links.new_sku = stated.sku
WHERE factor = 1 AND old_sku NOT IN (SELECT sku FROM stated)

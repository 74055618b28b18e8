-- grain: one row per code with a known pack · unit: pieces in one pack of the sales unit
-- parameters: none; temporary relation: links
-- the relation `pack_sizes`; a code that merely goes on under another name may take the pack size of that one
WITH stated AS (
    SELECT sku, arg_max(units_per_pack, (loaded_at, line)) AS units
    FROM products JOIN uploads ON products.upload_id = uploads.upload_id
    WHERE units_per_pack > 0 GROUP BY sku)
SELECT sku, units FROM stated
UNION ALL
SELECT old_sku, units FROM links JOIN stated ON links.new_sku = stated.sku
WHERE factor = 1 AND old_sku NOT IN (SELECT sku FROM stated)

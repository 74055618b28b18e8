-- grain: one row per sku whose code starts unlike nearly all others · unit: lines, pieces
-- parameters: $share (what part of the lines counts as nearly all); temporary relation: cleaned_lines
-- only where nearly all codes start with a digit, or nearly all with a letter
WITH codes AS (
    SELECT sku, any_value(product_name) AS product_name, count(*) AS lines, sum(quantity) AS units,
           regexp_matches(sku, '^[0-9]') AS numbered
    FROM cleaned_lines GROUP BY sku),
usual AS (SELECT numbered FROM codes GROUP BY numbered HAVING sum(lines) >= $share * (SELECT sum(lines) FROM codes))
SELECT sku, product_name, lines, units FROM codes
WHERE numbered <> (SELECT numbered FROM usual)
ORDER BY lines DESC, sku

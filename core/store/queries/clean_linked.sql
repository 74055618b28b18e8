-- grain: one row per linked code and location · unit: pieces of the code that counts
-- parameters: $rule, $plain and $times (sentences for a factor of 1 and for others); temporary relation: links
-- what links between codes did to the imported lines; they move no units, since both sides are counted alike
SELECT $rule AS rule, new_sku AS sku, location, min(sold_at)::DATE || '/' || max(sold_at)::DATE AS period,
       sum(quantity) * any_value(factor) AS before_units, sum(quantity) * any_value(factor) AS after_units,
       CASE WHEN any_value(factor) = 1 THEN format($plain, count(*), sku, new_sku)
            ELSE format($times, count(*), sku, any_value(factor), new_sku) END AS reason, '' AS line, count(*) AS cells
FROM sales_lines JOIN links ON sales_lines.sku = links.old_sku
GROUP BY sales_lines.sku, new_sku, location ORDER BY sales_lines.sku, location

-- grain: one row for all imported sales lines · unit: lines
-- parameters: none
-- what the data-quality report counts; contradicting: amount differs from quantity × price by more than 1 % and discount
SELECT count(*) AS lines,
       (SELECT count(*) FROM quarantine JOIN uploads USING (upload_id) WHERE uploads.role = 'sales') AS refused_lines,
       count(*) FILTER (unit_price IS NULL) AS lines_without_price,
       count(*) FILTER (unit_price <= 0) AS bad_price_lines,
       count(*) FILTER (amount IS NOT NULL AND unit_price IS NOT NULL) AS comparable_lines,
       count(*) FILTER (abs(abs(amount) - abs(quantity * unit_price)) > abs(coalesce(discount, 0))
           + 0.01 * abs(quantity * unit_price) + 0.01) AS contradicting_lines
FROM sales_lines

-- grain: one row per customer, and one per order number that stands for an identifier of a person
-- unit: pseudonym
-- parameters: $reference (prefix of such order numbers)
SELECT DISTINCT customer AS name FROM sales_lines WHERE customer IS NOT NULL
UNION SELECT DISTINCT order_id FROM sales_lines WHERE starts_with(order_id, $reference)
UNION SELECT DISTINCT po_id FROM purchase_orders WHERE starts_with(po_id, $reference)
UNION SELECT DISTINCT document FROM stock_movements WHERE starts_with(document, $reference)
ORDER BY name

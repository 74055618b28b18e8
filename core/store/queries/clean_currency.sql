-- grain: one row where the shop has chosen its currency and a sales line names one, else none · unit: text
-- parameters: none
-- which money is the shop's own decides how prices are read, so it is part of a dataset version's key
SELECT value FROM settings WHERE name = 'currency' AND EXISTS (SELECT 1 FROM sales_lines WHERE currency IS NOT NULL)

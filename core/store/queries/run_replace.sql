-- grain: all runs made from $base that were in force, which are so no longer
-- unit: none
-- parameters: $base
UPDATE runs SET status = 'replaced' WHERE base = $base AND status = 'done'

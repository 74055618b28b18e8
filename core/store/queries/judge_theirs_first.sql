-- grain: the lines of `theirs_all` without an equal
-- unit: as in judge_mine_sales
-- parameters: none
CREATE OR REPLACE TEMP TABLE theirs AS
SELECT * FROM theirs_all ANTI JOIN (SELECT their_line AS line FROM pairs) AS found USING (line)

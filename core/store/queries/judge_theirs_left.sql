-- grain: the lines of `theirs` without a counterpart so far
-- unit: as in judge_mine_sales
-- parameters: none
CREATE OR REPLACE TEMP TABLE theirs AS
SELECT * FROM theirs ANTI JOIN (SELECT their_line AS line FROM pairs) AS found USING (line)

-- grain: one row per pair found last: its line of the file is known now
-- unit: verdict: "there" (identical), "change", or "clash" (of another grain)
-- parameters: $verdict
INSERT INTO verdicts SELECT line, $verdict, ordered FROM pairs

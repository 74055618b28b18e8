-- grain: one run
-- unit: manifest as JSON
-- parameters: $run_id, $manifest
UPDATE runs SET manifest = $manifest WHERE run_id = $run_id

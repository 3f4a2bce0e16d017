-- By this name a run tells the others that it is alive; see scratch_left.
SELECT pg_catalog.set_config('application_name', $1, false);

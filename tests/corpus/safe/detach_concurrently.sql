-- hazard: none
-- migrate:transaction off
ALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;

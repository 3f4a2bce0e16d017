-- hazard: none
ALTER TABLE events DETACH PARTITION events_2019 FINALIZE;

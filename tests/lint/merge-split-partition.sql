-- pg_version: 17
ALTER TABLE events SPLIT PARTITION p INTO (PARTITION a FOR VALUES FROM (1) TO (2), PARTITION b FOR VALUES FROM (2) TO (3)); -- expect: merge-split-partition
ALTER TABLE events MERGE PARTITIONS (a, b) INTO p; -- expect: merge-split-partition
ALTER TABLE events DETACH PARTITION a FINALIZE;

-- pg_version: 19
ALTER TABLE events MERGE PARTITIONS (a, b) INTO p; -- expect: merge-split-partition

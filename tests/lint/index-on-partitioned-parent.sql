-- file: V1__long_ago.sql
-- applied: yes
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
CREATE INDEX events_id ON events (id);

-- file: V2__today.sql
CREATE INDEX events_day ON events (day DESC) WHERE id > 0; -- expect: index-on-partitioned-parent
CREATE INDEX ON events (day, id); -- expect: index-on-partitioned-parent
CREATE INDEX events_only ON ONLY events (day);

-- file: V3__concurrently.sql
-- transaction: off
CREATE INDEX CONCURRENTLY events_both ON events (id, day); -- expect: index-on-partitioned-parent

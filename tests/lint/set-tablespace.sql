ALTER TABLE events SET TABLESPACE fast; -- expect: set-tablespace
ALTER INDEX events_at SET TABLESPACE fast; -- expect: set-tablespace
ALTER MATERIALIZED VIEW totals SET TABLESPACE fast; -- expect: set-tablespace
CREATE TABLE fresh (id bigint PRIMARY KEY);
CREATE INDEX fresh_id ON fresh (id);
ALTER TABLE fresh SET TABLESPACE fast;
ALTER INDEX fresh_id SET TABLESPACE fast;

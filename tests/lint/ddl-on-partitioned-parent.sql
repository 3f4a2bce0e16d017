-- applied: yes
CREATE TABLE events (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);

-- file: V2__later.sql
ALTER TABLE events ADD COLUMN note text; -- expect: ddl-on-partitioned-parent
ALTER TABLE ONLY events ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
ALTER TABLE orders ADD COLUMN note text;
CREATE TABLE days (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
ALTER TABLE days ADD COLUMN note text;

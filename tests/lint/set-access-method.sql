ALTER TABLE events SET ACCESS METHOD columnar; -- expect: set-access-method
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh SET ACCESS METHOD columnar;

-- file: V2__later.sql
-- applied: yes
CREATE TABLE days (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);

-- file: V3__of_later_partitions.sql
ALTER TABLE days SET ACCESS METHOD columnar;

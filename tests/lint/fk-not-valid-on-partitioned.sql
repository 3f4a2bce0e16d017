-- transaction: off
CREATE TABLE events (id bigint, user_id bigint, at date) PARTITION BY RANGE (at);
ALTER TABLE events ADD CONSTRAINT events_user_fkey FOREIGN KEY (user_id) REFERENCES users NOT VALID; -- expect: fk-not-valid-on-partitioned
ALTER TABLE events ADD CONSTRAINT events_user_fkey FOREIGN KEY (user_id) REFERENCES users;
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE events_1 ADD CONSTRAINT events_1_user_fkey FOREIGN KEY (user_id) REFERENCES users NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users NOT VALID;

-- pg_version: 18
CREATE TABLE events (id bigint, user_id bigint, at date) PARTITION BY RANGE (at);
ALTER TABLE events ADD CONSTRAINT events_user_fkey FOREIGN KEY (user_id) REFERENCES users NOT VALID;

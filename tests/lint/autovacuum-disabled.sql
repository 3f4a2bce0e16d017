ALTER TABLE orders SET (autovacuum_enabled = false); -- expect: autovacuum-disabled
ALTER TABLE orders SET (fillfactor = 90, autovacuum_enabled = off); -- expect: autovacuum-disabled
ALTER TABLE orders SET (autovacuum_enabled = true);
ALTER TABLE orders RESET (autovacuum_enabled);
ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);
CREATE TABLE fresh (id bigint PRIMARY KEY) WITH (autovacuum_enabled = false); -- expect: autovacuum-disabled
CREATE TABLE other (id bigint PRIMARY KEY) WITH (fillfactor = 90);

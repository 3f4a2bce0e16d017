-- transaction: off
CREATE INDEX CONCURRENTLY ON app.orders (total); -- expect: index-unnamed
CREATE UNIQUE INDEX CONCURRENTLY ON orders ((lower(note)), day DESC) WHERE day > '2026-01-01'; -- expect: index-unnamed
CREATE INDEX ON ONLY events (day); -- expect: index-unnamed
CREATE INDEX CONCURRENTLY orders_total ON orders (total);

-- file: V1__long_ago.sql
-- applied: yes
CREATE TABLE orders (id bigint PRIMARY KEY, total int, day date, note text);
CREATE INDEX orders_total ON orders (total);
CREATE INDEX orders_day ON orders (day);
CREATE INDEX orders_day_note ON orders (day, note);

-- file: V2__same_name.sql
-- transaction: off
DROP INDEX CONCURRENTLY IF EXISTS unknown_day; -- expect: index-replaced-drop-first
CREATE INDEX CONCURRENTLY unknown_day ON unknown (day);

-- file: V3__same_column.sql
-- transaction: off
DROP INDEX CONCURRENTLY orders_total; -- expect: index-replaced-drop-first
CREATE INDEX CONCURRENTLY orders_total_id ON orders (total, id);

-- file: V4__another_one_serves.sql
-- transaction: off
DROP INDEX CONCURRENTLY orders_day;
CREATE INDEX CONCURRENTLY orders_day_id ON orders (day, id);

-- file: V5__the_new_one_first.sql
-- transaction: off
CREATE INDEX CONCURRENTLY orders_total_day ON orders (total, day);
DROP INDEX CONCURRENTLY orders_total_id;

-- file: V6__another_column.sql
-- transaction: off
DROP INDEX CONCURRENTLY orders_total_day;
CREATE INDEX CONCURRENTLY orders_note ON orders (note);

-- file: V7__known_by_their_names.sql
-- transaction: off
DROP INDEX CONCURRENTLY parts_state_idx; -- expect: index-replaced-drop-first
CREATE INDEX CONCURRENTLY parts_state_day_idx ON parts (state, day);
DROP INDEX CONCURRENTLY lines_state_idx;
CREATE INDEX CONCURRENTLY lines_stat_idx ON lines (stat);
CREATE INDEX CONCURRENTLY parts_day_idx ON parts (day);

-- transaction: off
CREATE TABLE a (at timestamptz CHECK (at < now())); -- expect: check-volatile
CREATE TABLE b (at timestamptz, CONSTRAINT past CHECK (at < clock_timestamp())); -- expect: check-volatile
ALTER TABLE c ADD CONSTRAINT past CHECK (at < CURRENT_DATE) NOT VALID; -- expect: check-volatile
CREATE TABLE d (at timestamptz CHECK (at < '2030-01-01'), note text CHECK (length(note) < 100));

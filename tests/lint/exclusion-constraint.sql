-- transaction: off
ALTER TABLE bookings ADD CONSTRAINT apart EXCLUDE USING gist (room WITH =, during WITH &&); -- expect: exclusion-constraint
CREATE TABLE fresh (during tsrange);
ALTER TABLE fresh ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&);

-- hazard: index-not-concurrent
SAVEPOINT s;
CREATE TABLE fresh (id bigint PRIMARY KEY, a integer);
ROLLBACK TO s;
CREATE INDEX fresh_a_idx ON fresh (a);

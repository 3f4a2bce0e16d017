-- hazard: concurrently-in-transaction
CREATE TABLE rebuilt (id bigint PRIMARY KEY);
REINDEX TABLE CONCURRENTLY orders;

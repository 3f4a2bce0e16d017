-- A plain CREATE INDEX lets nobody write to the table until it is built.  CONCURRENTLY takes longer
-- and stops nobody, but cannot run in a transaction: it gets a file of its own, and migrate then
-- runs that file without one.
CREATE INDEX CONCURRENTLY orders_customer_id ON orders (customer_id);

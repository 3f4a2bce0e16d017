-- The next batch: how many rows it has, $1 at most, and the keys of the first and of the last one.
-- It goes on where the last one ended (after), so what lies behind is never read again.  For the
-- statement of a file in batches, so with the operators that it sees: the session's own search_path.
-- psql: \set table orders \set columns created_at,id
-- \set firsts '(array_agg(created_at))[1]::text, (array_agg(id))[1]::text'
-- \set lasts '(array_agg(created_at))[count(*)]::text, (array_agg(id))[count(*)]::text'
-- \set after '(created_at, id) > (now() - interval \'1 day\', 7)' \set last '(now(), 9)'
SELECT pg_catalog.count(*), :firsts, :lasts
  FROM (SELECT :columns
          FROM :table
         WHERE (:columns) IS NOT NULL AND :after AND (:columns) <= :last
         ORDER BY :columns
         LIMIT $1::pg_catalog.int8) AS batch;

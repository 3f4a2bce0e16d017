CREATE RULE no_delete AS ON DELETE TO users DO INSTEAD NOTHING;
CREATE OR REPLACE RULE log_it AS ON UPDATE TO orders WHERE OLD.state <> NEW.state
	DO ALSO (
		INSERT INTO log (id, was, is_now) VALUES (OLD.id, OLD.state, NEW.state);
		UPDATE counters SET n = n + 1 WHERE name = 'a;)';
		-- a comment; in between )
		NOTIFY changed, 'order; changed'
	);
CREATE RULE two AS ON INSERT TO a DO INSTEAD (INSERT INTO b VALUES (NEW.*); INSERT INTO c SELECT (SELECT max((n)) FROM d););
CREATE RULE "_RETURN" AS ON SELECT TO v DO INSTEAD SELECT 1;
ALTER RULE log_it ON orders RENAME TO log_all;
ALTER TABLE orders DISABLE RULE log_all;
DROP RULE IF EXISTS two ON a;

-- hazard: truncate
TRUNCATE audit_log;

-- Throwaway databases of ours whose run is dead: its session would have the id in its name.
SELECT d.datname
  FROM pg_catalog.pg_database AS d
 WHERE d.datname OPERATOR(pg_catalog.~) '^migrate_squash_[0-9a-f]{8}_[0-9]$'
   AND pg_catalog.pg_get_userbyid(d.datdba) OPERATOR(pg_catalog.=) CURRENT_USER
   AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_stat_activity AS a
        WHERE a.datname OPERATOR(pg_catalog.=) d.datname
           OR a.application_name OPERATOR(pg_catalog.=)
              ('migrate squash ' OPERATOR(pg_catalog.||) pg_catalog.substr(d.datname, 16, 8)))
 ORDER BY d.datname;

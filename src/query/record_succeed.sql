UPDATE :"schema".:"table"
   SET success = true, execution_time = $2::int4
 WHERE installed_rank = $1::int4;

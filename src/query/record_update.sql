UPDATE :"schema".:"table"
   SET description = $2, type = $3, checksum = $4::int4
 WHERE installed_rank = $1::int4;

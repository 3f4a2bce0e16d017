DELETE FROM :"schema".:"table" WHERE installed_rank = $1::int4;

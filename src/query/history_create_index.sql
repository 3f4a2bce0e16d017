CREATE INDEX :"index" ON :"schema".:"table" ("success");

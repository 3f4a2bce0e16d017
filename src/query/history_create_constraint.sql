ALTER TABLE :"schema".:"table" ADD CONSTRAINT :"constraint" PRIMARY KEY ("installed_rank");

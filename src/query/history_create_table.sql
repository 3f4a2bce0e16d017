-- Flyway's table, as Flyway writes it.
CREATE TABLE :"schema".:"table" (
	"installed_rank" INT NOT NULL,
	"version" VARCHAR(50),
	"description" VARCHAR(200) NOT NULL,
	"type" VARCHAR(20) NOT NULL,
	"script" VARCHAR(1000) NOT NULL,
	"checksum" INTEGER,
	"installed_by" VARCHAR(100) NOT NULL,
	"installed_on" TIMESTAMP NOT NULL DEFAULT pg_catalog.now(),
	"execution_time" INTEGER NOT NULL,
	"success" BOOLEAN NOT NULL
);

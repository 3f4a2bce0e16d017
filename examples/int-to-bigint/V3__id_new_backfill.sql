-- migrate:batch table=events key=id
UPDATE events SET id_new = id WHERE id_new IS NULL AND id BETWEEN :from AND :to;

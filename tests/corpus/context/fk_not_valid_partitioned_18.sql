-- hazard: none
-- pg_version: 18
CREATE TABLE measurements (id bigint, sensor_id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
ALTER TABLE measurements ADD CONSTRAINT measurements_sensor_fk
    FOREIGN KEY (sensor_id) REFERENCES sensors (id) ON DELETE CASCADE NOT VALID;

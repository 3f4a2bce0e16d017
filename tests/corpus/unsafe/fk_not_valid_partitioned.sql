-- hazard: fk-not-valid-on-partitioned
CREATE TABLE measurements (id bigint, sensor_id bigint, at timestamptz) PARTITION BY RANGE (at);
ALTER TABLE measurements ADD CONSTRAINT measurements_sensor_fk
    FOREIGN KEY (sensor_id) REFERENCES sensors (id) NOT VALID;

-- hazard: set-access-method, set-tablespace
ALTER TABLE orders SET TABLESPACE fast_disks;

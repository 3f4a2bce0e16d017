-- hazard: rename-table
ALTER TABLE users RENAME TO accounts;

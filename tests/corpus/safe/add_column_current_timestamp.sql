-- hazard: none
ALTER TABLE users ADD COLUMN created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP;

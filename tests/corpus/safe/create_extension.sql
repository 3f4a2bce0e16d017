-- hazard: none
CREATE EXTENSION IF NOT EXISTS pgcrypto;

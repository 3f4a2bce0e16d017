-- hazard: rename-table, set-schema
ALTER TABLE public.users SET SCHEMA auth;

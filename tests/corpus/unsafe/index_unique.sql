-- hazard: index-not-concurrent
CREATE UNIQUE INDEX users_email_key ON public.users (lower(email));

-- hazard: alter-domain-set-not-null
ALTER DOMAIN email_address SET NOT NULL;

-- hazard: unique-constraint
ALTER TABLE memberships ADD UNIQUE (team_id, user_id);

-- hazard: none
INSERT INTO countries (code, name) VALUES ('de', 'Germany'), ('fr', 'France') ON CONFLICT DO NOTHING;

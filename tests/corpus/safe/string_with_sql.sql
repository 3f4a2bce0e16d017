-- hazard: none
INSERT INTO notes (body) VALUES ('DROP TABLE users; DELETE FROM users;');

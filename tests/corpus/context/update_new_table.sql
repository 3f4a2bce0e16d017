-- hazard: none
CREATE TABLE colours (id bigint PRIMARY KEY, name text);
INSERT INTO colours VALUES (1, 'red');
UPDATE colours SET name = upper(name);

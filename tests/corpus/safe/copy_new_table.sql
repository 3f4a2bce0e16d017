-- hazard: none
CREATE TABLE colours (name text PRIMARY KEY);
COPY colours (name) FROM STDIN;
red
green
\.

-- transaction: off
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%'); -- expect: domain-with-check
CREATE DOMAIN code AS text NOT NULL; -- expect: domain-with-check
CREATE DOMAIN plain AS text;
CREATE DOMAIN zero AS integer DEFAULT 0;

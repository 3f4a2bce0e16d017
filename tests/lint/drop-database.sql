-- transaction: off
DROP DATABASE old; -- expect: drop-database
DROP DATABASE IF EXISTS older WITH (FORCE); -- expect: drop-database
CREATE DATABASE new;

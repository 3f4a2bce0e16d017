ALTER TYPE app.color RENAME VALUE 'gray' TO 'grey'; -- expect: enum-rename-value
CREATE TYPE size AS ENUM ('S', 'M');
ALTER TYPE size RENAME VALUE 'S' TO 'small';
ALTER TYPE size ADD VALUE 'L';

ALTER TYPE color ADD VALUE 'green'; -- expect: enum-value-order
ALTER TYPE color ADD VALUE IF NOT EXISTS 'orange' AFTER 'red';
ALTER TYPE color ADD VALUE 'white' BEFORE 'red';

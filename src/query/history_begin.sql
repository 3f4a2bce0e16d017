-- Whatever the session's defaults are.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;

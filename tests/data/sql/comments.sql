-- The first line; is a comment
--
-- migrate:lock_timeout 2s

/* a block; */ SELECT 1; /* behind; */ -- and more;
SELECT /* in ; between */ 2 -- to the end;
	-- alone; on its line
	, 3 /* over
	several ; lines */ , 4
; -- behind the semicolon;
/* nested /* twice /* thrice ; */ ; */ ; */ SELECT 5;
/**/ SELECT 6 /**/; /***/ SELECT 7; /* ** // * / */ SELECT 8;
--no space;
---three;
SELECT 9; ------;
  --/* not open
SELECT 10;
/*-- not a line comment */ SELECT 11;
/* it's "not" a $$ quote */ SELECT 12;
SELECT 13 --/* ;
+ 1;
;;; -- empty ones;
;
SELECT '-- no;' -- yes;
, '/* no; */' /* yes; */, $$ -- no; $$ -- yes;
;
/*
-- looks like one, and is none
*/
SELECT 14;
-- the last one has no end
-- and no line end behind it
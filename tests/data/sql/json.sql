SELECT '{"a": {"b;": [1, 2, {"c": "it''s"}]}}'::jsonb -> 'a' ->> 'b;';
SELECT data #> '{a,b}', data #>> '{a,0}', data @> '{"x": 1}', data <@ '{}', data ? 'k;', data ?| array['a', 'b'], data ?& array['c'], data - 'a', data - 1, data #- '{a,b}', data || '{"z": 1}' FROM t;
SELECT data @? '$.a[*] ? (@.b > 2 && @.c like_regex "^x;")', data @@ '$.n == 5', jsonb_path_query(data, '$.**{2 to 3}.k') FROM t;
SELECT jsonb_build_object('a', 1, 'b;', jsonb_agg(x ORDER BY y)), jsonb_set(data, '{a,b}', '"c"', true), to_jsonb(t) - 'secret' FROM t GROUP BY data, t.*;
UPDATE t SET data['a']['b'] = '"x;"', data = jsonb_insert(data, '{tags,0}', '"new"') WHERE data['a'] ->> 0 = $$;$$;
INSERT INTO t (data) VALUES ('{"sql": "SELECT 1; -- no comment", "quote": "it''s \"x\"", "path": "C:\\temp\\;"}');
INSERT INTO t (data) VALUES (E'{"a": "line\\nbreak", "b": "\\u00e4;"}');
INSERT INTO t (data) VALUES ($json$
{
	"name": "it's; $$ $json",
	"list": [1, 2, 3] /* not a comment; */
}
$json$);
CREATE INDEX ON t ((data -> 'a' ->> 'b')) WHERE data ? 'a';
SELECT * FROM t, jsonb_to_record(data) AS x (a int, b text, c jsonb), jsonb_each_text(data) kv WHERE kv.key !~ '[;''"]';
SELECT xmlelement(name foo, xmlattributes('x;' AS bar), xmlcomment('a;b'), 'content'), xmlparse(DOCUMENT '<a>;</a>'), xmlserialize(CONTENT x AS text), xmlforest(a, b AS c) FROM t;
SELECT * FROM t, XMLTABLE('/a/b' PASSING doc COLUMNS n FOR ORDINALITY, v text PATH '@v' DEFAULT 'x;', w int);

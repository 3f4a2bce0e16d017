CREATE TABLE größe (länge int, "Straße;" text, 名前 text, имя text, "🐘" jsonb);
INSERT INTO größe (länge, "Straße;", 名前, имя) VALUES (1, 'Hauptstraße; 1', '日本;', 'Ёж; и''ёж'); SELECT 名前 FROM größe;
SELECT $größe$ ; $größe$, $名$;$名$, 'é' || E'\u00e9;' || U&'\00e9;', größe$1 FROM größe AS größe$1;
COMMENT ON TABLE größe IS '寸法; размер'; -- ещё; одно
/* комментарий; 注释 */ SELECT länge FROM größe WHERE 名前 ~ '^日;';
SELECT "ä""ö;" FROM t; SELECT 'ﬁ; ‮rtl‬; e\u0301';

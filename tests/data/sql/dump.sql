-- not for the grammar: it has data
--
-- PostgreSQL database dump
--

\restrict cCqvvKcJ7Yc0VhNHSBVVwWgXrR3cVX1nYYL8GzHDGVcBaDbEuMKlgTWc0wbGyPb

-- Dumped from database version 15.14
-- Dumped by pg_dump version 15.14

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET row_security = off;

--
-- Name: touch(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
begin
  new.changed := now(); return new;
end $_$;


ALTER FUNCTION public.touch() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: notes; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.notes (
    id integer NOT NULL,
    body text DEFAULT 'a;b'::text,
    changed timestamp with time zone
);


--
-- Data for Name: notes; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.notes (id, body, changed) FROM stdin;
1	it's; a "note"	2026-01-01 00:00:00+00
2	-- not a comment	\N
3	/* nor this	\N
4	$$ nor this \\. and\tthat	\N
5	\\restrict	\N
\.


--
-- Data for Name: nothing; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.nothing (id) FROM stdin;
\.


--
-- Name: notes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.notes_id_seq', 5, true);


--
-- Name: notes notes_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);


--
-- PostgreSQL database dump complete
--

\unrestrict cCqvvKcJ7Yc0VhNHSBVVwWgXrR3cVX1nYYL8GzHDGVcBaDbEuMKlgTWc0wbGyPb


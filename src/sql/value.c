/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sql/grammar.h"

/*
 * Functions of PostgreSQL by what pg_proc says of them, sorted; a name whose variants differ is
 * told by the least constant of them.  Volatile ones among them are those of pgcrypto and
 * uuid-ossp that people use for keys.
 */
static const char *const volatile_names[] = {
	"array_sample",
	"array_shuffle",
	"clock_timestamp",
	"current_query",
	"currval",
	"gen_random_bytes",
	"gen_random_uuid",
	"gen_salt",
	"lastval",
	"lo_creat",
	"lo_create",
	"lo_from_bytea",
	"lo_import",
	"lo_unlink",
	"nextval",
	"pg_advisory_lock",
	"pg_advisory_unlock",
	"pg_advisory_unlock_all",
	"pg_advisory_xact_lock",
	"pg_current_wal_lsn",
	"pg_database_size",
	"pg_is_in_recovery",
	"pg_notify",
	"pg_relation_size",
	"pg_sleep",
	"pg_total_relation_size",
	"pg_try_advisory_lock",
	"pg_try_advisory_xact_lock",
	"pg_xact_status",
	"query_to_xml",
	"random",
	"random_normal",
	"set_config",
	"setseed",
	"setval",
	"timeofday",
	"txid_status",
	"uuid_generate_v1",
	"uuid_generate_v1mc",
	"uuid_generate_v4",
	"uuidv4",
	"uuidv7",
};

static const char *const stable_names[] = {
	"age",
	"array_to_json",
	"array_to_string",
	"col_description",
	"concat",
	"concat_ws",
	"convert",
	"convert_from",
	"convert_to",
	"current_database",
	"current_schema",
	"current_schemas",
	"current_setting",
	"current_user",
	"date",
	"date_add",
	"date_part",
	"date_subtract",
	"date_trunc",
	"enum_first",
	"enum_last",
	"enum_range",
	"extract",
	"format",
	"format_type",
	"generate_series",
	"get_current_ts_config",
	"getdatabaseencoding",
	"getpgusername",
	"has_column_privilege",
	"has_database_privilege",
	"has_schema_privilege",
	"has_table_privilege",
	"inet_client_addr",
	"inet_client_port",
	"inet_server_addr",
	"inet_server_port",
	"json_build_array",
	"json_build_object",
	"json_populate_record",
	"json_populate_recordset",
	"json_to_record",
	"json_to_recordset",
	"json_to_tsvector",
	"jsonb_build_array",
	"jsonb_build_object",
	"jsonb_path_exists_tz",
	"jsonb_path_match_tz",
	"jsonb_path_query_array_tz",
	"jsonb_path_query_first_tz",
	"jsonb_path_query_tz",
	"jsonb_populate_record",
	"jsonb_populate_recordset",
	"jsonb_to_record",
	"jsonb_to_recordset",
	"jsonb_to_tsvector",
	"length",
	"make_timestamptz",
	"money",
	"now",
	"numeric",
	"obj_description",
	"overlaps",
	"pg_backend_pid",
	"pg_column_size",
	"pg_conf_load_time",
	"pg_current_snapshot",
	"pg_current_xact_id",
	"pg_current_xact_id_if_assigned",
	"pg_get_constraintdef",
	"pg_get_expr",
	"pg_get_indexdef",
	"pg_get_serial_sequence",
	"pg_get_userbyid",
	"pg_get_viewdef",
	"pg_has_role",
	"pg_my_temp_schema",
	"pg_postmaster_start_time",
	"pg_table_is_visible",
	"pg_typeof",
	"phraseto_tsquery",
	"plainto_tsquery",
	"quote_string",
	"quote_nullable",
	"regclass",
	"row_security_active",
	"row_to_json",
	"session_user",
	"shobj_description",
	"statement_timestamp",
	"time",
	"timestamp",
	"timestamptz",
	"timetz",
	"timezone",
	"to_char",
	"to_date",
	"to_json",
	"to_jsonb",
	"to_number",
	"to_regclass",
	"to_regnamespace",
	"to_regproc",
	"to_regrole",
	"to_regtype",
	"to_timestamp",
	"to_tsquery",
	"to_tsvector",
	"transaction_timestamp",
	"ts_debug",
	"ts_headline",
	"ts_match_tq",
	"txid_current",
	"txid_current_if_assigned",
	"txid_current_snapshot",
	"version",
	"websearch_to_tsquery",
	"xml",
	"xml_is_well_formed",
};

static const char *const immutable_names[] = {
	"abbrev",
	"abs",
	"acos",
	"acosd",
	"acosh",
	"array_append",
	"array_cat",
	"array_dims",
	"array_fill",
	"array_length",
	"array_lower",
	"array_ndims",
	"array_position",
	"array_positions",
	"array_prepend",
	"array_remove",
	"array_replace",
	"array_to_tsvector",
	"array_upper",
	"ascii",
	"asin",
	"asind",
	"asinh",
	"atan",
	"atan2",
	"atan2d",
	"atand",
	"atanh",
	"bit",
	"bit_count",
	"bit_length",
	"bool",
	"box",
	"bpchar",
	"broadcast",
	"btrim",
	"cardinality",
	"casefold",
	"cbrt",
	"ceil",
	"ceiling",
	"center",
	"char_length",
	"character_length",
	"chr",
	"cidr",
	"circle",
	"cos",
	"cosd",
	"cosh",
	"cot",
	"cotd",
	"crc32",
	"crc32c",
	"date_bin",
	"datemultirange",
	"daterange",
	"decode",
	"degrees",
	"diameter",
	"div",
	"encode",
	"erf",
	"erfc",
	"exp",
	"factorial",
	"family",
	"float4",
	"float8",
	"floor",
	"gamma",
	"gcd",
	"get_bit",
	"get_byte",
	"height",
	"host",
	"hostmask",
	"inet_merge",
	"inet_same_family",
	"initcap",
	"int2",
	"int4",
	"int4multirange",
	"int4range",
	"int8",
	"int8multirange",
	"int8range",
	"interval",
	"is_normalized",
	"isempty",
	"isfinite",
	"json_array_length",
	"json_extract_path",
	"json_extract_path_text",
	"json_object",
	"json_strip_nulls",
	"json_typeof",
	"jsonb_array_length",
	"jsonb_extract_path",
	"jsonb_extract_path_text",
	"jsonb_insert",
	"jsonb_object",
	"jsonb_path_exists",
	"jsonb_path_match",
	"jsonb_path_query_array",
	"jsonb_path_query_first",
	"jsonb_pretty",
	"jsonb_set",
	"jsonb_set_lax",
	"jsonb_strip_nulls",
	"jsonb_typeof",
	"justify_days",
	"justify_hours",
	"justify_interval",
	"lcm",
	"left",
	"lgamma",
	"ln",
	"log",
	"log10",
	"lower",
	"lower_inc",
	"lower_inf",
	"lpad",
	"ltrim",
	"macaddr8_set7bit",
	"make_date",
	"make_interval",
	"make_time",
	"make_timestamp",
	"masklen",
	"md5",
	"min_scale",
	"mod",
	"multirange",
	"netmask",
	"network",
	"normalize",
	"num_nonnulls",
	"num_nulls",
	"nummultirange",
	"numnode",
	"numrange",
	"octet_length",
	"overlay",
	"parse_ident",
	"pg_size_bytes",
	"pi",
	"point",
	"polygon",
	"position",
	"pow",
	"power",
	"quote_ident",
	"radians",
	"radius",
	"range_merge",
	"regexp_count",
	"regexp_instr",
	"regexp_like",
	"regexp_match",
	"regexp_matches",
	"regexp_replace",
	"regexp_split_to_array",
	"regexp_substr",
	"repeat",
	"replace",
	"reverse",
	"right",
	"round",
	"rpad",
	"rtrim",
	"scale",
	"set_bit",
	"set_byte",
	"set_masklen",
	"setweight",
	"sha224",
	"sha256",
	"sha384",
	"sha512",
	"sign",
	"sin",
	"sind",
	"sinh",
	"split_part",
	"sqrt",
	"starts_with",
	"string_to_array",
	"strip",
	"strpos",
	"substr",
	"substring",
	"tan",
	"tand",
	"tanh",
	"text",
	"to_ascii",
	"to_bin",
	"to_hex",
	"to_oct",
	"translate",
	"trim_array",
	"trim_scale",
	"trunc",
	"ts_delete",
	"ts_filter",
	"ts_rank",
	"ts_rank_cd",
	"tsmultirange",
	"tsquery_phrase",
	"tsrange",
	"tstzmultirange",
	"tstzrange",
	"unicode_assigned",
	"unistr",
	"upper",
	"upper_inc",
	"upper_inf",
	"uuid_extract_timestamp",
	"uuid_extract_version",
	"varchar",
	"width",
	"width_bucket",
	"xmlcomment",
	"xmlexists",
	"xpath",
	"xpath_exists",
};

static int
compare_names(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

#define IS_AMONG(name, names)                                                     \
	(bsearch(name, names, sizeof(names) / sizeof(*(names)), sizeof(*(names)), \
	     compare_names) != NULL)

static enum act_value
value_of_function(const PgQuery__FuncCall *call)
{
	const PgQuery__Node *last = call->funcname[call->n_funcname - 1];
	const PgQuery__Node *first = call->funcname[0];
	const char *name = last->string->sval;

	if (call->n_funcname > 1 && strcmp(first->string->sval, "pg_catalog") != 0)
		return VALUE_UNKNOWN;
	if (IS_AMONG(name, volatile_names))
		return VALUE_VOLATILE;
	if (IS_AMONG(name, stable_names))
		return VALUE_STABLE;
	return IS_AMONG(name, immutable_names) ? VALUE_CONSTANT : VALUE_UNKNOWN;
}

/* What is surely volatile is that whatever else there is. */
static enum act_value
worse_of(enum act_value a, enum act_value b)
{
	if (a == VALUE_VOLATILE || b == VALUE_VOLATILE)
		return VALUE_VOLATILE;
	return a > b ? a : b;
}

static bool
see_value(void *context, const ProtobufCMessage *message)
{
	enum act_value *value = context, here = VALUE_CONSTANT;

	if (message->descriptor == &pg_query__func_call__descriptor)
		here = value_of_function((const PgQuery__FuncCall *)message);
	else if (message->descriptor == &pg_query__sqlvalue_function__descriptor)
		here = VALUE_STABLE;
	else if (message->descriptor == &pg_query__sub_link__descriptor ||
	    (message->descriptor == &pg_query__a__expr__descriptor &&
		((const PgQuery__AExpr *)message)->n_name > 1))
		here = VALUE_UNKNOWN;
	*value = worse_of(*value, here);
	return true;
}

static bool
is_null(const PgQuery__Node *node)
{
	while (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
		node = node->type_cast->arg;
	return node->node_case == PG_QUERY__NODE__NODE_A_CONST && node->a_const->isnull;
}

enum act_value
value_of(const PgQuery__Node *node)
{
	enum act_value value = VALUE_CONSTANT;

	if (node == NULL || node->node_case == PG_QUERY__NODE__NODE__NOT_SET)
		return VALUE_NONE;
	if (is_null(node))
		return VALUE_NULL;
	tree_walk(&node->base, see_value, &value);
	return value;
}

struct callers {
	struct act_reader *r;
	struct act_name *names;
	size_t count;
};

static bool
see_call(void *context, const ProtobufCMessage *message)
{
	struct callers *c = context;
	const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;

	if (message->descriptor != &pg_query__func_call__descriptor ||
	    value_of_function(call) != VALUE_UNKNOWN)
		return true;
	c->names = arena_extend(c->r->a, c->names, c->count, sizeof(*c->names));
	c->names[c->count++] = act_listed(c->r, call->funcname, call->n_funcname, 0);
	return true;
}

struct act_name *
value_calls(struct act_reader *r, const PgQuery__Node *node, size_t *count)
{
	struct callers c = { .r = r };

	tree_walk(&node->base, see_call, &c);
	*count = c.count;
	return c.names;
}

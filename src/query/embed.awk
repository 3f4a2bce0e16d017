# Makes C strings of SQL files: locks_tree.sql becomes query_locks_tree.  Leading comment lines are
# dropped, and a final ";" too: libpq sends one statement.
function finish() {
	if (name == "")
		return
	if (header) {
		print "extern const char query_" name "[];"
		return
	}
	sub(/;[ \t\n]*$/, "", text)
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	gsub(/\n/, "\\n\"\n\t\"", text)
	print "const char query_" name "[] =\n\t\"" text "\";"
}
BEGIN {
	if (header)
		print "/* made from src/query */\n#ifndef QUERY_H\n#define QUERY_H"
	else
		print "#include \"query.h\""
}
FNR == 1 {
	finish()
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.sql$/, "", name)
	text = ""
}
text == "" && /^--/ { next }
{ text = text (text == "" ? "" : "\n") $0 }
END {
	finish()
	if (header)
		print "#endif"
}

/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

/* How the value of an option is completed. */
enum values { VALUES_NONE, VALUES_ANY, VALUES_FILES, VALUES_CHOICES };

/* One option of the program, whichever table it comes from. */
struct flag {
	const struct command *command; /* NULL: of every command */
	char letter; /* or '\0' */
	const char *name; /* without dashes */
	const char *value, *choices, *help;
	bool optional; /* the value may be left out */
};

struct flags {
	struct arena *arena;
	struct flag *list;
	size_t count;
};

static void
add_flag(struct flags *flags, struct flag flag)
{
	flags->list = arena_extend(flags->arena, flags->list, flags->count, sizeof(*flags->list));
	flags->list[flags->count++] = flag;
}

static void
add_option(
    struct flags *flags, const struct command *command, char letter, const struct command_option *o)
{
	add_flag(flags,
	    (struct flag){ .command = command,
		.letter = letter,
		.name = o->name,
		.value = o->value,
		.help = o->help,
		.optional = o->optional });
}

static char
letter_of(const char *name)
{
	for (const struct global_option *g = global_options; g->option.name != NULL; g++)
		if (strcmp(g->option.name, name) == 0)
			return g->letter;
	return '\0';
}

static void
add_setting(struct flags *flags, const struct config_setting *s)
{
	const char *name = config_option(flags->arena, s) + 2;
	struct flag flag = {
		.letter = letter_of(name),
		.name = name,
		.value = config_value_name(s),
		.choices = s->type == CONFIG_MAP ? NULL : s->choices, /* not of its names */
		.help = s->help,
	};

	add_flag(flags, flag);
	if (s->type != CONFIG_BOOL)
		return;
	flag.letter = '\0';
	flag.name = arena_printf(flags->arena, "no-%s", name);
	flag.help = arena_printf(flags->arena, "not: %s", s->help);
	add_flag(flags, flag);
}

static struct flags
all_flags(struct arena *a)
{
	struct flags flags = { .arena = a };

	for (const struct global_option *g = global_options; g->option.name != NULL; g++)
		if (config_find(g->option.name) == NULL)
			add_option(&flags, NULL, g->letter, &g->option);
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		add_setting(&flags, s);
	for (size_t i = 0; commands[i] != NULL; i++)
		for (const struct command_option *o = commands[i]->options;
		     o != NULL && o->name != NULL; o++)
			add_option(&flags, commands[i], '\0', o);
	return flags;
}

static enum values
values_of(const struct flag *flag)
{
	if (flag->value == NULL)
		return VALUES_NONE;
	if (flag->choices != NULL)
		return VALUES_CHOICES;
	if (strcmp(flag->value, "FILE") == 0 || strcmp(flag->value, "DIR") == 0)
		return VALUES_FILES;
	return VALUES_ANY;
}

/* Text with one character in place of another. */
static void
put_replaced(const char *text, char from, char to)
{
	for (; *text != '\0'; text++)
		putchar(*text == from ? to : *text);
}

/* Inside single quotes of a shell. */
static void
put_quoted(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
}

static void
put_command_names(const char *separator)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		printf("%s%s", i == 0 ? "" : separator, commands[i]->name);
		if (commands[i]->alias != NULL)
			printf("%s%s", separator, commands[i]->alias);
	}
}

static void
put_names(const struct command *command, const char *separator)
{
	fputs(command->name, stdout);
	if (command->alias != NULL)
		printf("%s%s", separator, command->alias);
}

/* --- bash --- */

/* A pattern for all options whose values are of one kind. */
static void
put_bash_pattern(const struct flags *flags, enum values values)
{
	const char *bar = "\t";

	for (size_t i = 0; i < flags->count; i++) {
		const struct flag *flag = &flags->list[i];

		if (values_of(flag) != values || flag->optional)
			continue;
		printf("%s--%s", bar, flag->name);
		bar = "|";
		if (flag->letter != '\0')
			printf("|-%c", flag->letter);
	}
}

static void
put_bash_values(const struct flags *flags)
{
	put_bash_pattern(flags, VALUES_FILES);
	puts(") compopt -o default; return ;;");
	put_bash_pattern(flags, VALUES_ANY);
	puts(") return ;;");
	for (size_t i = 0; i < flags->count; i++) {
		const struct flag *flag = &flags->list[i];

		if (values_of(flag) != VALUES_CHOICES)
			continue;
		printf("\t--%s) COMPREPLY=($(compgen -W '", flag->name);
		put_replaced(flag->choices, '|', ' ');
		puts("' -- \"$cur\")); return ;;");
	}
}

static void
put_bash_options(const struct flags *flags, const struct command *command)
{
	for (size_t i = 0; i < flags->count; i++)
		if (flags->list[i].command == command)
			printf(" --%s%s", flags->list[i].name, flags->list[i].optional ? "=" : "");
}

static void
put_bash(const struct flags *flags)
{
	fputs("# bash: source <(migrate completion bash)\n"
	      "_migrate() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal word command= options words=\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$cur\" = = ]; then cur=\n" /* bash makes a word of each "=" */
	      "\telif [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
	      "\tcase $before in\n",
	    stdout);
	put_bash_values(flags);
	fputs("\tesac\n\toptions='", stdout);
	put_bash_options(flags, NULL);
	fputs("'\n\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n\t\tcase $word in\n\t\t",
	    stdout);
	put_command_names("|");
	puts(") command=$word; break ;;\n\t\tesac\n\tdone\n\tcase $command in");
	for (size_t i = 0; commands[i] != NULL; i++) {
		fputs("\t", stdout);
		put_names(commands[i], "|");
		fputs(") options+='", stdout);
		put_bash_options(flags, commands[i]);
		puts("' ;;");
	}
	fputs("\tesac\n\tcase $command in\n\t'') words='", stdout);
	put_command_names(" ");
	fputs("' ;;\n\thelp) words='settings ", stdout);
	put_command_names(" ");
	fputs("' ;;\n"
	      "\tcompletion) words='bash zsh fish' ;;\n"
	      "\tesac\n"
	      "\tcase $cur in -*) words=$options ;; esac\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\tcase ${COMPREPLY[0]} in *=) compopt -o nospace ;; esac\n"
	      "}\n"
	      "complete -F _migrate migrate\n",
	    stdout);
}

/* --- zsh --- */

/* Inside the brackets of an _arguments specification. */
static void
put_zsh_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("[]:\\", *text) != NULL)
			putchar('\\');
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	}
}

static void
put_zsh_option(const struct flag *flag, const char *dashes, const char *name, const char *joint)
{
	printf("\t\t'*%s%s%s[", dashes, name, joint);
	put_zsh_text(flag->help);
	putchar(']');
	if (flag->value != NULL) {
		fputs(flag->optional ? "::" : ":", stdout);
		put_zsh_text(flag->choices != NULL ? flag->name : flag->value);
		putchar(':');
	}
	if (values_of(flag) == VALUES_CHOICES) {
		putchar('(');
		put_replaced(flag->choices, '|', ' ');
		putchar(')');
	} else if (values_of(flag) == VALUES_FILES) {
		fputs("_files", stdout);
	}
	puts("'");
}

static void
put_zsh_options(const struct flags *flags, const struct command *command)
{
	for (size_t i = 0; i < flags->count; i++) {
		const struct flag *flag = &flags->list[i];
		const char letter[] = { flag->letter, '\0' };

		if (flag->command != command)
			continue;
		/* "=-": the value stands behind "=", never in the next word. */
		put_zsh_option(flag, "--", flag->name,
		    flag->value == NULL	 ? ""
			: flag->optional ? "=-"
					 : "=");
		if (flag->letter != '\0')
			put_zsh_option(flag, "-", letter, "");
	}
}

static void
put_zsh_commands(void)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *names[] = { commands[i]->name, commands[i]->alias };

		for (size_t j = 0; j < 2 && names[j] != NULL; j++) {
			printf("\t\t'%s:", names[j]);
			put_zsh_text(commands[i]->summary);
			puts("'");
		}
	}
}

static void
put_zsh(const struct flags *flags)
{
	fputs("#compdef migrate\n"
	      "# zsh: source <(migrate completion zsh)\n"
	      "_migrate() {\n"
	      "\tlocal context state line\n"
	      "\tlocal -a options commands own\n"
	      "\toptions=(\n",
	    stdout);
	put_zsh_options(flags, NULL);
	fputs("\t)\n\tcommands=(\n", stdout);
	put_zsh_commands();
	fputs("\t)\n"
	      "\t_arguments -C $options '1: :->command' '*:: :->argument'\n"
	      "\tcase $state in\n"
	      "\tcommand) _describe -t commands command commands ;;\n"
	      "\targument)\n"
	      "\t\tcase $words[1] in\n",
	    stdout);
	for (size_t i = 0; commands[i] != NULL; i++) {
		fputs("\t\t", stdout);
		put_names(commands[i], "|");
		puts(") own=(");
		put_zsh_options(flags, commands[i]);
		puts("\t\t) ;;");
	}
	fputs("\t\tesac\n"
	      "\t\tcase $words[1] in\n"
	      "\t\thelp) _describe -t commands command commands ;;\n"
	      "\t\tcompletion) own+=('1:shell:(bash zsh fish)') ;;\n"
	      "\t\tesac\n"
	      "\t\t_arguments $options $own ;;\n"
	      "\tesac\n"
	      "}\n"
	      "if [[ $funcstack[1] = _migrate ]]; then _migrate \"$@\"; else compdef _migrate "
	      "migrate; fi\n",
	    stdout);
}

/* --- fish --- */

static void
put_fish_flag(const struct flag *flag)
{
	fputs("complete -c migrate", stdout);
	if (flag->command != NULL) {
		fputs(" -n '__fish_seen_subcommand_from ", stdout);
		put_names(flag->command, " ");
		putchar('\'');
	}
	if (flag->letter != '\0')
		printf(" -s %c", flag->letter);
	printf(" -l %s", flag->name);
	if (values_of(flag) == VALUES_CHOICES) {
		fputs(" -x -a '", stdout);
		put_replaced(flag->choices, '|', ' ');
		putchar('\'');
	} else if (values_of(flag) == VALUES_FILES) {
		fputs(flag->optional ? " -F" : " -r -F", stdout);
	} else if (values_of(flag) == VALUES_ANY) {
		fputs(" -x", stdout);
	}
	fputs(" -d '", stdout);
	put_quoted(flag->help);
	puts("'");
}

static void
put_fish(const struct flags *flags)
{
	puts("# fish: migrate completion fish | source\ncomplete -c migrate -f");
	for (size_t i = 0; commands[i] != NULL; i++) {
		printf("complete -c migrate -n __fish_use_subcommand -a '");
		put_names(commands[i], " ");
		fputs("' -d '", stdout);
		put_quoted(commands[i]->summary);
		puts("'");
	}
	fputs("complete -c migrate -n '__fish_seen_subcommand_from help' -a 'settings ", stdout);
	put_command_names(" ");
	puts("'\ncomplete -c migrate -n '__fish_seen_subcommand_from completion' "
	     "-a 'bash zsh fish'");
	for (size_t i = 0; i < flags->count; i++)
		put_fish_flag(&flags->list[i]);
}

static const struct shell {
	const char *name;
	void (*put)(const struct flags *flags);
} shells[] = {
	{ "bash", put_bash },
	{ "zsh", put_zsh },
	{ "fish", put_fish },
};

static bool
completion_run(const struct context *c, int *status, struct error *err)
{
	struct flags flags = all_flags(c->arena);

	*status = 0;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(c->arguments[0], shells[i].name) != 0)
			continue;
		shells[i].put(&flags);
		return true;
	}
	return error_set(err, ERR_USAGE,
	    "there is no completion for \"%s\", only for bash, zsh and fish", c->arguments[0]);
}

const struct command cmd_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.summary = "print the completion script of a shell",
	.description =
	    "Prints a script that teaches the shell the commands, options and values of "
	    "migrate:\n\n"
	    "  bash  source <(migrate completion bash)       in ~/.bashrc\n"
	    "  zsh   source <(migrate completion zsh)        in ~/.zshrc, after compinit\n"
	    "  fish  migrate completion fish | source        in config.fish",
	.least_arguments = 1,
	.most_arguments = 1,
	.run = completion_run,
};

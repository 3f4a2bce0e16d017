# SPDX-License-Identifier: MIT
"""How each tool is given the same changes, and the command that applies them."""
import os
import pathlib
import urllib.parse

import harness
import measure
import peers


class Tool:
    """
    write(folder, changes) lays the files out as the tool wants them; changes are SQL texts, the
    first is number 1.  command(folder, url) applies what is pending.  pretend(db, changes) fills
    the history as if all had been applied.
    """
    name = version = ""

    def __init__(self, bench):
        self.bench = bench

    @property
    def title(self):
        return f"{self.name} {self.version}".strip()

    def write(self, folder, changes):
        for number, sql in enumerate(changes, 1):
            (folder / self.file(number)).write_text(self.text(sql))

    def file(self, number):
        raise NotImplementedError

    def text(self, sql):
        return sql + "\n"

    def command(self, folder, url):
        raise NotImplementedError

    def environment(self, url):
        return {**os.environ, "NO_COLOR": "1", "DATABASE_URL": url}

    def parts(self):
        """The files that it is made of."""
        return [self.program]

    def run(self, folder, url, *more):
        """One run as a whole process."""
        return measure.once([*self.command(folder, url), *more], env=self.environment(url),
                            cwd=folder)


class Migrate(Tool):
    name = "migrate"

    def __init__(self, bench):
        super().__init__(bench)
        self.program = bench.migrate

    def file(self, number):
        return f"V{number}__change.sql"

    def command(self, folder, url):
        return [self.program, "up", "--quiet", "--directory", str(folder)]

    def pretend(self, db, folder):
        self.run(folder, harness.tcp_url(db))


class Psql(Tool):
    """The limit: the same statements and records in one session, nothing else done."""
    name = "psql"

    def __init__(self, bench):
        super().__init__(bench)
        self.program, self.version = peers.psql()

    def write(self, folder, changes):
        with open(folder / "all.sql", "w", encoding="utf-8") as out:
            out.write(HISTORY)
            for number, sql in enumerate(changes, 1):
                record = (f"INSERT INTO schema_history VALUES ({number}, '{number}', 'change', 'SQL',"
                          f" 'V{number}__change.sql', {number}, 'postgres', now(), 0, true);")
                out.write(f"BEGIN;\nSET LOCAL lock_timeout = '5s';\n{sql}\n{record}\nCOMMIT;\n")

    def command(self, folder, url):
        return [self.program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(folder / "all.sql"), url]


HISTORY = """CREATE TABLE IF NOT EXISTS schema_history (
    installed_rank int NOT NULL PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL,
    type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int,
    installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
    execution_time int NOT NULL, success boolean NOT NULL);
CREATE INDEX IF NOT EXISTS schema_history_s_idx ON schema_history (success);
"""


class Dbmate(Tool):
    name = "dbmate"

    def __init__(self, bench):
        super().__init__(bench)
        self.program, self.version = peers.dbmate()

    def file(self, number):
        return f"{20260101000000 + number}_change.sql"

    def text(self, sql):
        return f"-- migrate:up\n{sql}\n\n-- migrate:down\n"

    def command(self, folder, url):
        return [self.program, "--url", url, "--migrations-dir", str(folder), "--no-dump-schema", "up"]

    def pretend(self, db, folder):
        numbers = [path.name.split("_")[0] for path in folder.iterdir()]
        db.execute("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)")
        db.execute("INSERT INTO schema_migrations SELECT unnest(%s::text[])", [numbers])


class Goose(Tool):
    name = "goose"

    def __init__(self, bench):
        super().__init__(bench)
        self.program, self.version = peers.goose()

    def file(self, number):
        return f"{number:06d}_change.sql"

    def text(self, sql):
        return f"-- +goose Up\n{sql}\n"

    def command(self, folder, url):
        return [self.program, "-dir", str(folder), "postgres", url, "up"]


class GolangMigrate(Tool):
    name = "golang-migrate"

    def __init__(self, bench):
        super().__init__(bench)
        self.program, self.version = peers.golang_migrate()

    def file(self, number):
        return f"{number:06d}_change.up.sql"

    def command(self, folder, url):
        return [self.program, "-path", str(folder), "-database", url, "up"]


class Flyway(Tool):
    name = "flyway"

    def __init__(self, bench):
        super().__init__(bench)
        self.java, self.version = peers.flyway()

    def file(self, number):
        return f"V{number}__change.sql"

    def parts(self):
        return [str(jar) for jar in pathlib.Path(self.java[2]).parent.glob("*.jar")]

    def command(self, folder, url):
        parts = urllib.parse.urlsplit(url)
        return [*self.java, "-skipCheckForUpdate", f"-locations=filesystem:{folder}",
                f"-url=jdbc:postgresql://{parts.hostname}:{parts.port}{parts.path}"
                "?sslmode=disable&gssEncMode=disable",
                f"-user={parts.username}", f"-password={parts.password}", "migrate"]

    def environment(self, url):
        return {**super().environment(url), "REDGATE_DISABLE_TELEMETRY": "true"}

    def pretend(self, db, folder):
        """Its history and ours are the same table."""
        Migrate(self.bench).run(folder, harness.tcp_url(db), "--table", "flyway_schema_history")


class Sqitch(Tool):
    name = "sqitch"

    def __init__(self, bench):
        super().__init__(bench)
        self.program, self.version = peers.sqitch()

    def write(self, folder, changes):
        plan = ["%syntax-version=1.0.0", "%project=bench", ""]
        (folder / "deploy").mkdir()
        for number, sql in enumerate(changes, 1):
            plan.append(f"c{number} 2026-01-01T00:00:00Z Bench <bench@example.com> # change")
            (folder / "deploy" / f"c{number}.sql").write_text(f"BEGIN;\n{sql}\nCOMMIT;\n")
        (folder / "sqitch.plan").write_text("\n".join(plan) + "\n")
        (folder / "sqitch.conf").write_text("[core]\n\tengine = pg\n")

    def command(self, folder, url):
        return [self.program, "deploy", "db:pg" + url[len("postgres"):]]

    def environment(self, url):
        return {**super().environment(url), "SQITCH_FULLNAME": "Bench",
                "SQITCH_EMAIL": "bench@example.com"}

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fetches Flyway's command line once, with Maven, and prints the folder of its jars.  It is started
# by   java -cp 'FOLDER/*' org.flywaydb.commandline.Main
set -eu
here=$(dirname "$0")
version=$(sed -n '/flyway-commandline/,/version/s/.*<version>\(.*\)<.*/\1/p' "$here/flyway.xml")
folder=${FLYWAY:-/var/tmp/migrate-flyway}/$version

if [ ! -d "$folder" ]; then
	command -v mvn >/dev/null || {
		echo "flyway.sh: mvn is needed to fetch Flyway (Debian: maven)" >&2
		exit 1
	}
	mkdir -p "$(dirname "$folder")"
	work=$(mktemp -d "$folder.XXXXXX")
	mvn -q -B -f "$here/flyway.xml" dependency:copy-dependencies -DoutputDirectory="$work" >&2 || {
		rm -rf "$work"
		exit 1
	}
	chmod 755 "$work"
	mv "$work" "$folder"
fi
echo "$folder"

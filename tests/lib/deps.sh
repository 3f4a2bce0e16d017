#!/bin/sh
# SPDX-License-Identifier: MIT
#
# deps.sh GROUP...   installs what is missing for build, test, dev; silent when nothing is.
#
# On Debian and its children, as root or with sudo; elsewhere it says what to install.  No service
# is left running on the machine: neither a PostgreSQL server nor PgBouncer.
set -eu

build="gcc libc6-dev make pkg-config libpq-dev libyaml-dev libjansson-dev zlib1g-dev libpg-query-dev
	libprotobuf-c-dev"
tests="check bash util-linux postgresql pgbouncer python3 python3-pytest python3-psycopg
	python3-yaml python3-jsonschema git spin mandoc"
dev="clang libclang-rt-dev clang-format valgrind gcovr shellcheck zsh fish tmux
	universal-ctags"

wanted=
for group; do
	case $group in
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $tests" ;;
	dev) wanted="$wanted $dev" ;;
	*)
		echo "deps.sh: no such group: $group" >&2
		exit 2
		;;
	esac
done

if ! command -v apt-get >/dev/null; then
	for tool in cc pkg-config initdb python3; do
		command -v "$tool" >/dev/null || missing=yes
	done
	if [ -n "${missing:-}" ]; then
		# shellcheck disable=SC2086 # words become words
		echo "This is not Debian. Its packages are called:" $wanted >&2
	fi
	exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
has() {
	echo "$installed" | grep -qx "$1" || echo "$installed" | grep -q "^$1-[0-9.]*\$"
}
missing=
for package in $wanted; do
	has "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Install these packages first, as root:$missing" >&2
		exit 1
	fi
	root=sudo
fi
echo "installing$missing" >&2

# A newcomer's machine gets no server: Debian would make a cluster and start it.
if ! has postgresql && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
	$root mkdir -p /etc/postgresql-common
	echo "create_main_cluster = false" | $root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
# invoke-rc.d asks this script whether a service may start.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap '$root rm -f $policy' EXIT
	trap 'exit 130' INT TERM HUP
	printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
	$root chmod 755 $policy
fi

log=$(mktemp)
install_missing() {
	# shellcheck disable=SC2086
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		-o Dpkg::Options::=--force-confold $missing
}
{ $root apt-get -qq update && install_missing; } >"$log" 2>&1 </dev/null || {
	tail -n 30 "$log" >&2
	rm -f "$log"
	exit 1
}
rm -f "$log"
case $missing in
*pgbouncer*) if [ -d /run/systemd/system ]; then $root systemctl -q disable --now pgbouncer; fi ;;
esac

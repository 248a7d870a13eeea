#!/usr/bin/env bash
# Makes the tables of the journal in a distributed database that speaks PostgreSQL's protocol, in the form that suits it, and notes that they are there, so that
# `rounds-server` finds nothing to do. docs/scaling.md says what differs and why.
#
#   scripts/apply-schema.sh [--print] postgres|citus|cockroach|yugabyte [URL]
#
# --print writes the statements to standard output and needs no URL. The database has to be empty; psql does the work, all of it in one transaction where
# the database can.
set -euo pipefail

usage() {
	echo "usage: scripts/apply-schema.sh [--print] postgres|citus|cockroach|yugabyte [URL]" >&2
	exit 2
}

print=no
if [ "${1:-}" = --print ]; then
	print=yes
	shift
fi
engine=${1:-}
url=${2:-}
case $engine in
postgres | citus | cockroach | yugabyte) ;;
*) usage ;;
esac
[ "$print" = yes ] || [ -n "$url" ] || usage

migrations=$(cd "$(dirname "$0")/../store/central/migrations/postgres" && pwd)

# without_partitions drops the partitioning by organisation: these engines spread tables in their own way.
without_partitions() {
	sed -E -e 's/^\) PARTITION BY LIST \(org_id\);/);/' -e '/^CREATE TABLE [a-z_]+ PARTITION OF /d'
}

# without_triggers drops the triggers that keep the audit: these engines have none on distributed tables, or not all kinds of them.
without_triggers() {
	sed -E -e '/^CREATE FUNCTION audit_stays/d' -e '/^CREATE TRIGGER /d'
}

# tables lists the tables that the migrations make, in order.
tables() {
	sed -nE 's/^CREATE TABLE ([a-z_]+) \($/\1/p' "$migrations"/*.sql
}

suited() {
	case $engine in
	postgres) cat ;;
	citus) without_partitions | without_triggers ;;
	cockroach) without_partitions | without_triggers | sed -e 's/ COLLATE "C"//' ;; # its texts are compared byte by byte anyway
	yugabyte) without_partitions ;;
	esac
}

statements() {
	cat "$migrations"/*.sql | suited
	if [ "$engine" = citus ]; then
		# One organisation lies on one node, with all its tables: its transactions stay local.
		first=
		for table in $(tables); do
			if [ -z "$first" ]; then
				first=$table
				echo "SELECT create_distributed_table('$table', 'org_id');"
			else
				echo "SELECT create_distributed_table('$table', 'org_id', colocate_with => '$first');"
			fi
		done
	fi
	# What the migrations note. Its id only says what came later; a sequence would be a bottleneck of its own in some of these.
	echo "CREATE TABLE goose_db_version (id BIGINT PRIMARY KEY DEFAULT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT), version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP NOT NULL DEFAULT now());"
	echo "INSERT INTO goose_db_version (id, version_id, is_applied) VALUES (0, 0, true);"
	local file number
	for file in "$migrations"/*.sql; do
		number=$(basename "$file")
		number=$((10#${number%%_*}))
		echo "INSERT INTO goose_db_version (id, version_id, is_applied) VALUES ($number, $number, true);"
	done
}

if [ "$print" = yes ]; then
	statements
	exit
fi
if [ "$engine" = citus ] || [ "$engine" = postgres ]; then
	statements | psql "$url" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction --output /dev/null
else # these do not change tables inside of transactions as a whole
	statements | psql "$url" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --output /dev/null
fi
echo "made $(tables | wc -l) tables for $engine"

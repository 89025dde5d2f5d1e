#!/bin/sh
# nightly.sh FOLDER [DAY]: append prices, import transactions, value, check limits, report. Safe to repeat.
#
# FOLDER has book.h5 and prices.h5, perhaps rules.json5, and in incoming/ what came in: prices*.csv, rates*.csv of currencies,
# transactions*.csv, plain or gzip, and perhaps symbols.csv. What is found goes to FOLDER/nights/<day>/, client reports to
# FOLDER/reports/. DAY is the day to look at; unless given the last one with prices. APUS names another program than the apus of
# PATH.
#
# Exit status: 0; 1 if a limit is broken; 75 if another round is at work; else that of the step that failed, and then no
# folder of this night was put in place.
set -eu
folder=${1:?nightly.sh FOLDER [DAY]}
day=${2:-}
apus=${APUS:-apus}
cd "$folder"

exec 9> .nightly.lock
flock -n 9 || { echo "nightly: another round is at work in $folder" >&2; exit 75; }

# Calls a verb with incoming/START*.csv and .csv.gz, if there are any; what still arrives under another name has to wait.
with_files() { # with_files START VERB…
  start=$1
  shift
  any=
  for file in incoming/"$start"*.csv incoming/"$start"*.csv.gz; do
    if [ -e "$file" ]; then set -- "$@" "$file" && any=yes; fi
  done
  if [ -n "$any" ]; then "$@"; fi
}

# The panels that the book names; without one there is but one.
book=$("$apus" book inspect book.h5 --quiet --json)
named() { printf '%s\n' "$book" | sed -n "s/^ *\"$1\" : \"\(.*\)\",*\$/\1/p"; }
panel=$(named panel)
rates=$(named rates)
rates=${rates:-$panel}

symbols=
if [ -e incoming/symbols.csv ]; then symbols='--symbols incoming/symbols.csv'; fi
# Both take what is new and leave the rest, so that files may stay where they are. What was kept out: apus inspect --quarantine.
# shellcheck disable=SC2086
with_files prices "$apus" import --quiet --append --store prices.h5 ${panel:+--panel "$panel"} $symbols > /dev/null
with_files rates "$apus" import --quiet --append --store prices.h5 ${rates:+--panel "$rates"} > /dev/null
with_files transactions "$apus" book import --quiet book.h5 > /dev/null

rules=
if [ -e rules.json5 ]; then rules='--rules rules.json5'; fi
new=nights/.new
rm -rf "$new"
mkdir -p "$new"
"$apus" book value book.h5 --quiet --json ${day:+--at "$day"} > "$new/value.json"
"$apus" book value book.h5 --quiet --json --by advisor ${day:+--at "$day"} > "$new/advisors.json"
status=0
# shellcheck disable=SC2086
"$apus" book check book.h5 --quiet --json $rules ${day:+--at "$day"} > "$new/check.json" || status=$?
if [ "$status" -gt 1 ]; then exit "$status"; fi
"$apus" book report book.h5 --quiet --force --period month ${day:+--at "$day"} -o reports > /dev/null

night=$(sed -n 's/.*"as_of" *: *"\([0-9-]*\)T.*/\1/p' "$new/check.json")
if [ -z "$night" ]; then echo "nightly: $new/check.json names no day" >&2; exit 3; fi
# Never two nights under one name, and never half a one.
rm -rf "nights/.old"
if [ -e "nights/$night" ]; then mv "nights/$night" nights/.old; fi
mv "$new" "nights/$night"
rm -rf nights/.old
if [ "$status" -eq 1 ]; then echo "nightly: limits are broken; see $folder/nights/$night/check.json" >&2; fi
exit "$status"

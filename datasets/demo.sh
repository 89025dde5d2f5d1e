#!/bin/sh
# The demonstration: two stores from the sample data, and a sweep over each.
# Prints every command before it runs it; each can be repeated by hand from the project's folder.
set -eu
cd "$(dirname "$0")/.."
apus=.build/release/apus
if [ ! -x "$apus" ]; then
  echo "demo: there is no $apus yet; run 'make demo', or 'make build' first" >&2
  exit 1
fi

run() {
  printf '$ %s\n' "$*"
  "$@"
}
run mkdir -p build/demo
run $apus import datasets/us_equity_1d/prices.csv.gz --symbols datasets/us_equity_1d/symbols.csv --store build/demo/us_equity.h5 --panel us_equity_1d --force
run $apus import datasets/crypto_1d/prices.csv.gz --symbols datasets/crypto_1d/symbols.csv --store build/demo/crypto.h5 --panel crypto_1d --force
run $apus sweep datasets/specs/golden-cross.json5 -o build/demo/golden-cross.h5 --force
run $apus sweep datasets/specs/crypto-dip.json5 -o build/demo/crypto-dip.h5 --force
cat <<END

Next:
  $apus inspect build/demo/golden-cross.h5             what the result holds
  $apus rank build/demo/golden-cross.h5 --by win_rate  the same lanes in another order
  $apus replay build/demo/golden-cross.h5 --lane 34020 every order and fill of one lane
  $apus help                                           everything else
END

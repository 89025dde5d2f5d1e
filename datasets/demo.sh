#!/bin/sh
# The demonstration: two stores from the sample data, a sweep over each, weights and their risk.
# Prints every command before it runs it; each can be repeated by hand from the project's folder.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x .build/release/apus ]; then
  echo "demo: there is no .build/release/apus yet; run 'make demo', or 'make build' first" >&2
  exit 1
fi
PATH=$PWD/.build/release:$PATH

run() { # run TEXT: shows a command as it would be typed, and does it
  printf '+ %s\n' "$1"
  eval "$1"
}
run 'mkdir -p build/demo'
run 'apus import datasets/us_equity_1d/prices.csv.gz --symbols datasets/us_equity_1d/symbols.csv \
    --store build/demo/us_equity.h5 --force'
run 'apus sweep datasets/specs/golden-cross.json5 -o build/demo/golden-cross.h5 --force'
run 'apus import datasets/crypto_1d/prices.csv.gz --symbols datasets/crypto_1d/symbols.csv \
    --store build/demo/crypto.h5 --force'
run 'apus sweep datasets/specs/crypto-dip.json5 -o build/demo/crypto-dip.h5 --force'
run 'apus allocate datasets/specs/defensive.json5 -o build/demo/defensive.h5 --weights build/demo/defensive.csv --force'
run 'apus risk datasets/specs/defensive-risk.json5 -o build/demo/defensive-risk.h5 --force'
cat <<'END'

To type such commands yourself: export PATH="$PWD/.build/release:$PATH"
  apus rank build/demo/golden-cross.h5 --by win_rate     the same lanes in another order
  apus replay build/demo/golden-cross.h5 --lane 34020    every trade of one lane
  apus help                                              everything else
END

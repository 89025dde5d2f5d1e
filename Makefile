# Each target is a few commands that can be typed by hand.
PREFIX ?= /usr/local
SWIFT_DIRS := Sources Tests Examples $(wildcard Benchmarks) Package.swift

.DEFAULT_GOAL := help
.PHONY: help build demo test bench bench-peers lint install clean prepare

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

build: prepare ## Build the executable, .build/release/apus
	swift build -c release --product apus

demo: build ## Import the sample data, run two sweeps, choose weights and judge them, into build/demo
	@sh datasets/demo.sh

test: prepare ## Run every check of the code: Swift tests, fuzzing, the demonstration, the Python checks
	@.ci/phase 'build with tests' swift build -c release --build-tests --explicit-target-dependency-import-check error
	@.ci/phase 'Swift tests' swift test -c release --skip-build --quiet --disable-xctest
	@.ci/phase 'fuzzing' .ci/fuzz 10
	@.ci/phase 'example' swift run -c release --package-path Examples/SMACross --scratch-path .build SMACross
	@.ci/phase 'demonstration' sh datasets/demo.sh
	@.ci/phase 'Python checks' .ci/python-checks

bench: build ## Time every stage against what the machine allows, see Benchmarks/README.md
	swift build -c release --product apus-bench
	.build/release/apus-bench run

bench-peers: build ## Run the same sweeps through C, Numba, vectorbt, raptorbt and backtesting.py
	swift build -c release --product apus-bench
	Benchmarks/peers/run

lint: ## Check format, documentation and house rules
	swift format lint --strict -r $(SWIFT_DIRS)
	.ci/tidy

install: build ## Install apus and its shell completions under PREFIX (/usr/local)
	.ci/install '$(DESTDIR)$(PREFIX)'

clean: ## Remove everything that was built
	rm -rf .build build

prepare: # What the build needs: checked, and installed where that is possible
	@.ci/prepare

# Thin names for scripts/slipway; `make up ARGS="--diff"` passes arguments on, STACK and SLIPWAY_ROUTE are read there.
.PHONY: up preview plan destroy refresh recover sweep tools doctor status outputs kubeconfig support env test quick e2e-full e2e-faults lint lock bench growth

up preview plan destroy refresh recover sweep tools doctor status outputs kubeconfig support env:
	@scripts/slipway $@ $(ARGS)

test: node_modules
	@scripts/test

quick: node_modules
	@scripts/test --quick

# What is said of changes, fleets and the like, on real clusters; ARGS="change ha" runs the named scenarios of
# test/e2e/scenarios. All of them take about an hour on two cores.
e2e-full: node_modules
	@node scripts/run.cjs test/e2e/full.ts $(ARGS)

# Runs that are interrupted at point after point, and what the next run makes of it; ARGS="kill-all" some of the
# journeys in test/e2e/faults/journeys.ts, ARGS=--short CI's few. All of them take one and a half hours on two cores.
e2e-faults: node_modules
	@node scripts/run.cjs test/e2e/faults.ts $(ARGS)

lint: node_modules
	@npm run --silent typecheck && npm run --silent lint

# After a change of package.json: a lock file that every platform's npm ci takes.
lock:
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund && node scripts/run.cjs scripts/lock.ts

# scripts/slipway installs the Node packages before any command; this command does nothing else.
node_modules: package-lock.json
	@scripts/slipway packages && touch node_modules

# The seed as a script against up and destroy; BENCH_PAIRS=1 for a quick look. Takes ten minutes a pair.
bench: node_modules
	@scripts/slipway tools && node scripts/run.cjs test/bench/run.ts

# Time and memory from 1 to 50 in-memory clusters; GROWTH_SIZES=1,5 for a quick look. Takes twenty minutes.
growth: node_modules
	@scripts/slipway tools && node scripts/run.cjs test/bench/growth.ts

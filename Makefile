# Targets for scripts/slipway, which reads STACK and SLIPWAY_ROUTE. `make up ARGS="--diff"` passes arguments on.
.PHONY: up preview plan destroy stop start refresh recover sweep tools doctor sources status outputs kubeconfig report support env test quick e2e-full e2e-faults e2e-browser e2e-consumers e2e-sdk lint lock bench growth

up preview plan destroy stop start refresh recover sweep tools doctor sources status outputs kubeconfig report support env:
	@scripts/slipway $@ $(ARGS)

test: node_modules
	@scripts/test

quick: node_modules
	@scripts/test --quick

# Scenarios of test/e2e/scenarios on real clusters; ARGS="change ha" runs the named scenarios. All scenarios take about an
# hour on two cores. Only ARGS=release runs the release route, on stand-ins for its hosts.
e2e-full: node_modules
	@node scripts/run.cjs test/e2e/full.ts $(ARGS)

# Interrupts runs at many points and checks the next run. ARGS="kill-all" runs the named journeys of
# test/e2e/faults/journeys.ts, ARGS=--short those of CI. All journeys take one and a half hours on two cores.
e2e-faults: node_modules
	@node scripts/run.cjs test/e2e/faults.ts $(ARGS)

# Opens reports in Chromium, in a minute. ARGS="/tmp/pictures" keeps pictures.
e2e-browser: node_modules
	@node scripts/run.cjs test/e2e/browser.ts $(ARGS)

# Runs programs outside of the checkout that use the packed package; ARGS="yaml-lab" runs the named ones. A program takes seven
# minutes on two cores.
e2e-consumers: node_modules
	@node scripts/run.cjs test/e2e/consumers.ts $(ARGS)

# Generates the SDKs of the plugin kind and checks its examples; ARGS="typescript go python yaml node" runs the named parts.
# The parts yaml and node create a cluster on Docker. The first run compiles Pulumi's code generators and its YAML host.
e2e-sdk: node_modules
	@scripts/slipway tools && node scripts/run.cjs test/e2e/sdk.ts $(ARGS)

lint: node_modules
	@npm run --silent typecheck && npm run --silent lint

# Run after a change of package.json: writes a lock file that npm ci accepts on every platform.
lock:
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund && node scripts/run.cjs scripts/lock.ts

# scripts/slipway installs the Node packages before any command; this command does nothing else.
node_modules: package-lock.json
	@scripts/slipway packages && touch node_modules

# Compares the seed's commands as a script with up and destroy. A pair takes ten minutes; BENCH_PAIRS=1 runs one pair.
bench: node_modules
	@scripts/slipway tools && node scripts/run.cjs test/bench/run.ts

# Measures time and memory of 1 to 50 in-memory clusters in twenty minutes; GROWTH_SIZES=1,5 is faster.
growth: node_modules
	@scripts/slipway tools && node scripts/run.cjs test/bench/growth.ts

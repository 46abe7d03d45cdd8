# Everything here runs with Go alone. `make help` lists the targets.
.DEFAULT_GOAL := help

# Stack configuration, an ordinary Pulumi.STACK.yaml.
CONFIG ?= Pulumi.dev.yaml
# Folder for the simulated cloud and its state.
STATE ?= .local

PLATFORM = go run ./cmd/dss-platform
SIMULATED = --simulate --config $(CONFIG) --local $(STATE)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: CONFIG=$(CONFIG)  STATE=$(STATE)"

.PHONY: up
up: ## deploy CONFIG to a simulated cloud on this machine
	@$(PLATFORM) up $(SIMULATED)

.PHONY: preview
preview: ## show what up would do
	@$(PLATFORM) preview $(SIMULATED)

.PHONY: refresh
refresh: ## compare the state with the simulated cloud
	@$(PLATFORM) refresh $(SIMULATED)

.PHONY: destroy
destroy: ## delete everything from the simulated cloud, except what is retained
	@$(PLATFORM) destroy $(SIMULATED)

.PHONY: outputs
outputs: ## print the outputs of the last deployment
	@$(PLATFORM) outputs $(SIMULATED)

.PHONY: test
test: ## run every test that needs no cloud; downloads nothing but Go modules
	go vet ./...
	go test ./... -timeout 30m
	@echo "Not in here: make host (what runs on the host, with every kill and fault), make e2e (the real engine and providers)."

.PHONY: host
host: ## run every test of what runs on the host; needs root and PyPI
	tests/host/run test

# How often.
RUNS ?= 50

.PHONY: host-soak
host-soak: ## kill and disturb the reconciler RUNS times, and see that every host comes to its end; needs root and PyPI
	tests/host/run soak $(RUNS)

.PHONY: e2e
e2e: ## deploy to the emulator that AWS_ENDPOINT_URL leads to, on the real engine and providers
	go test ./tests/e2e -tags e2e -count 1 -timeout 50m -v

.PHONY: mutate
mutate: ## plant holes in the policies of stacks, and see that each is caught
	go run ./tests/access/mutate Pulumi.dev.yaml Pulumi.prod.yaml tests/access/testdata/Pulumi.*.yaml

.PHONY: tables
tables: ## make the tables of facts about AWS again from their sources
	cd tools/tables && ./generate

# Benchmarks run once; what they compare, they repeat themselves.
BENCH = go test ./tests/bench -run '^$$' -benchtime 1x -timeout 60m -bench

.PHONY: bench
bench: ## compare speed with bare resources and with AWS's own times, minutes
	@$(BENCH) '^Benchmark(Program|Connections|Up|Latency)$$'
	@echo "The first build takes minutes to compare: make bench-build"

.PHONY: bench-build
bench-build: ## compare a build with an empty cache with that of the imports alone, many minutes
	@$(BENCH) '^BenchmarkColdBuild$$'

LINTER = bin/golangci-lint

.PHONY: lint
lint: $(LINTER) ## run the linters of .golangci.yml; takes minutes
	@echo "Checking the tree: this takes minutes."
	nice -n 10 $(LINTER) run --concurrency 2 --timeout 30m
	nice -n 10 $(LINTER) run --concurrency 2 --timeout 30m --build-tags e2e ./tests/e2e/...
	cd tools/tables && nice -n 10 $(CURDIR)/$(LINTER) run --concurrency 2 --timeout 30m

$(LINTER): tools/lint/go.mod
	@echo "Building the linters from their Go module: this takes minutes, once."
	nice -n 10 go build -C $(<D) -o $(CURDIR)/$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

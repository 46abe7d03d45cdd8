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
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
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

.PHONY: e2e
e2e: ## deploy to the emulator that AWS_ENDPOINT_URL leads to, on the real engine and providers
	go test ./tests/e2e -tags e2e -count 1 -timeout 50m -v

.PHONY: tables
tables: ## make the tables of facts about AWS again from their sources
	cd tools/tables && ./generate

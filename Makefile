# The front door: `make` lists what there is to do. CI calls the same targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Arguments of a target: make demo ARGS=--check
ARGS ?=
# How many rounds of faults `make crash` and `make crash-consumers` play, and how often each kill test of `make kills` kills
ROUNDS ?= 1000
KILLS ?= 100
# How many schedules `make simulate` plays
SCHEDULES ?= 200000
IMAGE ?= aftercommit/outbox-relay

JDK := tools/with-jdk.sh
MVN := $(JDK) mvn -B -ntp
PACKAGE := $(MVN) -q -DskipTests package -am

.PHONY: help
help: ## List the targets
	@echo 'make TARGET [ARGS=...]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: nats-server jars ## Run the demo on this machine's own PostgreSQL and NATS; ARGS=--check verifies the scenario and exits
	@$(JDK) java -jar demo-services/target/demo.jar $(ARGS)

.PHONY: test
test: nats-server ## Build and run every check and test
	$(MVN) verify $(ARGS)

CRASH = $(MVN) verify -pl crash-harness -am -Dtest=none -Dharness.rounds=$(ROUNDS) \
	-Dharness.first=$(shell date +%s)000 \
	-Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

.PHONY: crash
crash: nats-server ## Play ROUNDS=1000 rounds of faults on real servers; play one again with ARGS=-Dharness.seed=...
	$(CRASH) -Dit.test=CrashHarnessIT $(ARGS)

.PHONY: crash-consumers
crash-consumers: nats-server ## The same with consumers that are killed, too
	$(CRASH) -Dit.test=ConsumerCrashIT $(ARGS)

.PHONY: simulate
simulate: ## Play SCHEDULES=200000 schedules of faults over simulated servers; one again with ARGS=-Dsimulation.seed=...
	$(MVN) test -pl outbox-relay -am -Dtest=SimulationTest -Dsimulation.schedules=$(SCHEDULES) \
		-Dsimulation.seed=$(shell date +%s)000000 \
		-Dsurefire.failIfNoSpecifiedTests=false $(ARGS)

.PHONY: kills
kills: nats-server ## Run the tests with KILLS=100 kills in each kill test; repeat a run with ARGS=-Dcrash.seed=...
	$(MVN) verify -Dcrash.kills=$(KILLS) $(ARGS)

.PHONY: containers
containers: ## Run the relay on the official images of PostgreSQL and NATS; needs Docker
	$(MVN) verify -pl outbox-relay -am -Dtests.excluded= -Dtest=none -Dit.test=ContainerIT \
		-Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false $(ARGS)

.PHONY: bench
bench: nats-server ## Run the benchmarks
	@echo 'Building the benchmarks; the first time this takes a few minutes.'
	@$(PACKAGE) -pl benchmarks,outbox-relay
	@$(JDK) java -jar benchmarks/target/benchmarks.jar $(ARGS)

.PHONY: compare
compare: override ARGS += --only drain --debezium-server
compare: bench ## Drain a backlog side by side with Debezium Server; Maven downloads it, 781 MB, the first time

.PHONY: format
format: ## Format the sources
	$(MVN) -q spotless:apply

.PHONY: jars
jars: ## Build the relay's and the demo's jar, without tests
	@echo 'Building the demo; the first time this takes a few minutes.'
	@$(PACKAGE) -pl demo-services,outbox-relay
	@touch outbox-relay/target/outbox-relay.jar demo-services/target/demo.jar

.PHONY: image
image: jars ## Build the relay's container image (IMAGE=name)
	docker build -t $(IMAGE) .

.PHONY: compose
compose: jars ## Run the demo in containers, of jars built on this machine; stop it with docker compose down -v
	docker compose up --build --wait
	@echo "The demo runs: http://localhost:$${DEMO_PORT:-8080}"

.PHONY: nats-server
nats-server: ## Make sure there is a nats-server, fetched into the cache folder if need be
	@tools/fetch-nats.sh

.PHONY: clean
clean: ## Delete what was built
	$(MVN) -q clean

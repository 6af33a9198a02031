# Recipes under short names; each is one command that also works without just.
set shell := ["bash", "-euo", "pipefail", "-c"]

# What only reads and writes files is built without what talks to the world: half the time (docs/decisions/0026).
portolan := "cargo run --quiet --release --package portolan --no-default-features --"

services := "-p api-service -p audit-service -p notification-service -p recurring-task-service -p websocket-sync-service"

# List the recipes.
[private]
default:
    @just --list --unsorted

# Check the stack in one environment, or in all: just check env=prod
check *environment:
    @{{ portolan }} check {{ environment }}

# Check and render one environment, or all: just render env=prod
render *environment:
    @{{ portolan }} render {{ environment }}

# What a code means: just explain P201
explain *code:
    @{{ portolan }} explain {{ code }}

# Dead letters: just dlq list prod
dlq *arguments:
    @cargo run --quiet --release --package portolan -- dlq {{ arguments }}

# Generate what is committed and follows from the code: the JSON Schemas and the rendered environments.
generate:
    @{{ portolan }} schema stack > infra/schema/stack.schema.json
    @{{ portolan }} schema contract > infra/schema/contract.schema.json
    @{{ portolan }} render

# Generate what is known of component types and scalers, from the modules of Dapr and KEDA and from the corrections.
catalogue:
    @cargo run --quiet --package portolan-catalogue

# Fetch and build the real parts that the tests start: just parts, just parts --list
parts *arguments:
    @cargo run --quiet --package portolan-parts -- {{ arguments }}

# Formatting, lints and every test; brings all that they need. Parts that have to be built are, beside the tests.
test: lint
    nice cargo run --quiet --package portolan-parts & parts=$!; cargo test --workspace --no-run; wait "$parts"
    cargo test --workspace

# Formatting and lints.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo clippy --package portolan --no-default-features -- --deny warnings
    for transport in dapr kafka lambda; do cargo clippy --package handler-runtime --no-default-features --features $transport -- --deny warnings; done

# Licences, sources and duplicates of the dependencies.
deny:
    @command -v cargo-deny >/dev/null || cargo install --locked cargo-deny@0.20.2
    cargo deny check bans licenses sources

# Zips for Lambda, target/lambda/<service>/bootstrap.zip: just package lambda, just package lambda audit-service, TARGET=aarch64-unknown-linux-gnu just package lambda
package where *services="audit-service notification-service recurring-task-service":
    handlers/package {{ where }} {{ services }}

# A benchmark's table: just bench render, just bench handlers, just bench handlers kafka runs=3
bench name="render" *arguments: parts
    {{ if name == "handlers" { "cargo build --quiet --release " + services } else { "true" } }}
    cargo bench --quiet --package {{ if name == "handlers" { "portolan-bench" } else { "portolan" } }} --bench {{ name }} -- {{ arguments }}

# The reference stack on this machine until Ctrl-C, behind sidecars or as consumers: just dev, just dev mode=kafka
dev mode="dapr":
    @cargo run --quiet --package portolan-dev -- {{ mode }}

# Random input for every stage, so many cases of each kind: just fuzz 10000
fuzz cases="10000":
    PROPTEST_CASES={{ cases }} cargo test --package portolan-pipeline --test bad_input

# Long random runs of the handlers' protocol, so many steps: just simulate 10000000
simulate steps="1000000":
    SIMULATED_STEPS={{ steps }} cargo test --package handler-protocol --test model nothing_goes_wrong_in_long_runs -- --nocapture

# Events while everything is killed at random: just soak, just soak 100000 dapr, just soak 100000 storm 7; that mistakes show: just soak faults
soak *arguments:
    @cargo build --quiet --package portolan-soak --bins
    @cargo run --quiet --package portolan-soak -- {{ arguments }}

# Rewrite the golden files after a wanted change of output.
bless:
    BLESS=1 cargo test --package portolan-pipeline --test lint --test render
    TRYCMD=overwrite cargo test --package portolan --test cli

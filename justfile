# Everything a contributor does. Each recipe is one script of .ci or one cargo command, so nothing here needs `just`.

# What is there to do.
default:
    @just --list --unsorted

# Install what the other recipes need and what is missing (Debian packages, cargo-deny).
setup:
    .ci/setup

# Format all code.
fmt:
    cargo fmt --all
    cargo fmt --manifest-path fuzz/Cargo.toml

# Formatting, clippy without warnings, and the rules of the house.
lint:
    .ci/lint

# All tests with default features: the README's command. For all features as CI runs them: .ci/test
test *arguments:
    cargo test --workspace {{ arguments }}

# Build the documentation; a broken link is an error.
doc:
    .ci/doc

# Licences, bans, sources and advisories of what mo depends on.
deny:
    .ci/deny

# Package the four crates and build each from its package.
package:
    .ci/package

# Run every example on a small input.
examples:
    .ci/examples

# Fuzz for so many seconds each target, or the named ones.
fuzz seconds="60" *targets:
    .ci/fuzz {{ seconds }} {{ targets }}

# Run the benches, or those whose name matches.
bench *filter:
    cargo bench --package mo-workspace -- {{ filter }}

# Everything that CI runs, as it runs it.
ci:
    .ci/run

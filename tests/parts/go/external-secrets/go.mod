module portolan.dev/tests/parts/external-secrets

go 1.26.0

module portolan.dev/tests/parts/dapr-1.17

go 1.26.0

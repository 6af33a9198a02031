module portolan.dev/tests/parts/prometheus-operator

go 1.26.0

module portolan.dev/tests/parts/keda-2.20

go 1.26.0

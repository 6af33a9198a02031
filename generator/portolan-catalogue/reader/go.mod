module portolan.dev/reader

go 1.24

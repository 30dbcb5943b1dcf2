// Each file of this folder is a program of its own: run-sample runs one.
module samples

go 1.18

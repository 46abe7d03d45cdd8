module github.com/pulumi-dss/pulumi-dss/tools/tables

go 1.26

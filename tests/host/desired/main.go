// Command desired prints the state of a host with DSS, as a deployment renders it, for tests of what runs there:
//
//	go run ./tests/host/desired VERSION SOURCE <SUMS
//
// SOURCE is the address of the archives and of the command line tools, and SUMS a JSON object with their SHA-256 by file name.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi-dss/pulumi-dss/internal/dssnode"
	"github.com/pulumi-dss/pulumi-dss/internal/host"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: desired VERSION SOURCE <SUMS")
		os.Exit(2)
	}
	sums := map[string]string{}
	err := json.NewDecoder(os.Stdin).Decode(&sums)
	var text []byte
	if err == nil {
		text, err = render(os.Args[1], os.Args[2], sums)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "desired:", err)
		os.Exit(1)
	}
	os.Stdout.Write(text) //nolint:errcheck,gosec // nobody is left to tell
}

// render is a state with everything that the reference architecture has.
func render(version, source string, sums map[string]string) ([]byte, error) {
	installation, settings, facts := node(version, source, sums)
	if err := dssnode.Problems(installation, settings, facts).Err("settings"); err != nil {
		return nil, err
	}
	desired := host.NewDesired("9")
	desired.Docker.RepositoryURL = source + "/docker-ce.repo"
	for i, tool := range desired.Tools {
		desired.Tools[i] = host.Tool{
			Name: tool.Name, Version: tool.Version, VersionArguments: tool.VersionArguments,
			URL: source + "/" + tool.Name, SHA256: sums[tool.Name], Format: host.FormatBinary,
		}
	}
	desired.DSS = dssnode.Render(installation, settings, facts, dssnode.Secrets{
		License: secret("license"), AdminPassword: secret("admin"), APIKey: secret("key"), Credentials: secret("pair"),
	})
	bundle, err := host.NewBundle(desired)
	return bundle.Desired, err
}

const driver = "athena-jdbc-3.5.0-with-dependencies.jar"

func secret(name string) string {
	return "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name
}

func node(version, source string, sums map[string]string) (dssnode.Installation, dssnode.Settings[string], dssnode.Facts) {
	installation := dssnode.Installation{
		Version: version, Source: source, SparkVersion: "3.5.3",
		KitSHA256:    sums["dataiku-dss-"+version+".tar.gz"],
		HadoopSHA256: sums["dataiku-dss-hadoop-standalone-libs-generic-hadoop3-"+version+".tar.gz"],
		SparkSHA256:  sums["dataiku-dss-spark-standalone-"+version+"-3.5.3-generic-hadoop3.tar.gz"],
		AthenaDriver: &dssnode.AthenaDriver{URL: source + "/" + driver, SHA256: sums[driver]},
	}
	settings := dssnode.Settings[string]{
		Groups: []dssnode.Group{{Name: "sales"}},
		Users:  []dssnode.User[string]{{Login: "ada", Groups: []string{"sales"}, Profile: "FULL_DESIGNER", PasswordSecretARN: secret("ada")}},
		S3Connections: []dssnode.S3Connection[string]{{
			Name: "sales", Bucket: "sales-data", RoleARN: "arn:aws:iam::123456789012:role/sales", AllowedGroups: []string{"sales"},
			GlueDatabase: "sales", Athena: &dssnode.AthenaConnection[string]{Workgroup: "sales", OutputLocation: "s3://sales-results/"},
		}},
		Clusters: []dssnode.Cluster[string]{{Name: "compute", Attach: &dssnode.AttachedCluster[string]{EKSName: "compute"}}},
		NetworkingPreset: &dssnode.NetworkingPreset[string]{
			Subnets: []string{"subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"}, SecurityGroups: []string{"sg-0aaaaaaaaaaaaaaaa"},
		},
	}
	return installation, settings, dssnode.Facts{
		HasLicense: true, HostMemoryMiB: 65536, Region: "eu-west-1", Account: "123456789012", PlatformName: "dss-test",
	}
}

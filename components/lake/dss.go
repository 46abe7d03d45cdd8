package lake

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
)

// dssValues are what resources give to a connection of DSS: region is the bucket's, home that of workgroups and databases.
type dssValues struct {
	bucket, region, home, key, role, keyPair, keyPairVersion, results, database pulumi.StringInput
}

// dssConnection is the connection in DSS's settings.
func (c Connection) dssConnection(from dssValues) dss.S3Connection {
	made := dss.S3Connection{
		Name: c.Name, Bucket: from.bucket, Path: "/" + folder(c.Prefix), Region: from.region, KMSKeyARN: from.key,
		AllowedGroups: c.AllowedGroups, UsableByEveryone: c.UsableByEveryone, DetailsReadableBy: c.DetailsReadableBy,
		ReadOnly: c.ReadOnly, ManagedPath: c.ManagedPath, ParamsJSON: c.ParamsJSON,
	}
	if c.Credentials == KeyPair {
		made.KeyPairSecretARN, made.KeyPairVersion = from.keyPair, from.keyPairVersion
	} else {
		made.RoleARN, made.ExternalID = from.role, c.ExternalID
	}
	if len(c.databaseNames()) > 0 {
		made.GlueDatabase = from.database
	}
	if c.Athena != nil {
		made.Athena = &dss.AthenaConnection{
			Name: c.Athena.ConnectionName, Region: from.home, Workgroup: pulumi.String(c.Athena.Workgroup), OutputLocation: from.results,
			ParamsJSON: c.Athena.ParamsJSON,
		}
	}
	return made
}

// DSSConnections are the connections in DSS's settings as far as they are known before anything is made, for checks. `name` is the lake's.
func (a *DataLakeArgs) DSSConnections(name string) []dss.S3Connection {
	later := dss.KnownLater
	var connections []dss.S3Connection
	for _, c := range a.withDefaults(name).Connections {
		values := dssValues{bucket: later, region: later, home: later, role: later, keyPair: later, keyPairVersion: later, results: later}
		if own := c.databaseNames(); len(own) > 0 {
			values.database = pulumi.String(own[0])
		}
		connections = append(connections, c.dssConnection(values))
	}
	return connections
}

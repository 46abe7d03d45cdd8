package dssnode

import (
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// connectionProblems are about connections and the metastore.
func (n *node) connectionProblems() problem.List {
	var wrong problem.List
	seen := unique{}
	for i, c := range n.settings.S3Connections {
		at := problem.Index("s3Connections", i)
		wrong.Under(at, n.s3Problems(c))
		seen.add(&wrong, at+".name", c.Name, "connection")
		if *n.settings.RemoveDefaultConnection && c.Name == FilesystemRoot {
			wrong.Add(at+".name", "use another name", "%s is removed", FilesystemRoot)
		}
		if c.Athena != nil {
			wrong.Under(at+".athena", n.athenaProblems(c))
			seen.add(&wrong, at+".athena.name", c.Athena.Name, "connection")
		}
	}
	wrong.Under("metastore", n.metastoreProblems())
	return wrong
}

func (n *node) s3Problems(c S3Connection[string]) problem.List {
	var wrong problem.List
	required(&wrong, "name", c.Name, namePattern, "letters, digits, underscores and hyphens, at most 63")
	if c.Bucket == "" {
		wrong.Add("bucket", "give the bucket's name", "it is missing")
	}
	named(&wrong, "bucket", c.Bucket, awsname.Bucket)
	if c.Path != "/" {
		inside := strings.TrimPrefix(c.Path, "/")
		if inside == c.Path || !isKeyPath(strings.TrimSuffix(inside, "/")) {
			wrong.Add("path", "give / or /FOLDER", "%q is no folder of a bucket", c.Path)
		}
	}
	if !isKeyPath(c.ManagedPath) {
		wrong.Add("managedPath", "give a folder below path, without a slash in front", "%q is none", c.ManagedPath)
	}
	if c.Region == "" {
		wrong.Add("region", "give the bucket's region", "it is missing, and the host's is not known")
	}
	form(&wrong, "region", c.Region, regionPattern, "a region such as eu-west-1")
	form(&wrong, "kmsKeyArn", c.KMSKeyARN, kmsPattern, "the ARN of a KMS key: arn:aws:kms:…")
	wrong = append(wrong, n.credentialProblems(c)...)
	wrong = append(wrong, n.useProblems(c)...)
	named(&wrong, "glueDatabase", c.GlueDatabase, awsname.GlueDatabase)
	if *c.Sync && c.GlueDatabase == "" {
		wrong.Add("glueDatabase", "give it, or turn sync off", "there is no database to register datasets in")
	}
	return wrong
}

// isKeyPath says whether a text is a relative folder of a bucket.
func isKeyPath(path string) bool {
	parts := strings.Split(path, "/")
	return keyPathPattern.MatchString(path) && !slices.Contains(parts, ".") && !slices.Contains(parts, "..")
}

// credentialProblems want exactly one kind of credentials.
func (n *node) credentialProblems(c S3Connection[string]) problem.List {
	var wrong problem.List
	kinds := 0
	for _, given := range []bool{c.RoleARN != "", c.KeyPairSecretARN != "", c.Environment} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		wrong.Add("roleArn", "give exactly one of roleArn (to be preferred), keyPairSecretArn and environment", "%d kinds of credentials", kinds)
	}
	form(&wrong, "roleArn", c.RoleARN, rolePattern, "the ARN of a role: arn:aws:iam::ACCOUNT:role/…")
	form(&wrong, "keyPairSecretArn", c.KeyPairSecretARN, secretPattern, "the ARN of a secret: arn:aws:secretsmanager:…")
	form(&wrong, "externalId", c.ExternalID, externalPattern, "2 to 1000 letters, digits and +=,.@:/-")
	if c.ExternalID != "" && c.RoleARN == "" {
		wrong.Add("externalId", "give roleArn, or leave it out", "an external id without a role to take")
	}
	if c.Environment && c.Athena != nil {
		wrong.Add("environment", "use roleArn or keyPairSecretArn", "Athena takes credentials from an S3 connection only where that has its own")
	}
	if c.Environment && *n.installation.UserIsolation.Enabled {
		wrong.Add("environment", "use roleArn or keyPairSecretArn", "it hands the host's rights to users, from whom user isolation keeps them")
	}
	return wrong
}

// useProblems are about who may use a connection.
func (n *node) useProblems(c S3Connection[string]) problem.List {
	var wrong problem.List
	switch {
	case c.UsableByEveryone && len(c.AllowedGroups) > 0:
		wrong.Add("usableByEveryone", "leave out one of the two", "everybody, and some groups (allowedGroups)")
	case !c.UsableByEveryone && len(c.AllowedGroups) == 0:
		wrong.Add("allowedGroups", "name the groups of DSS that may use it, or set usableByEveryone", "nobody may use the connection")
	}
	n.groupsProblems(&wrong, "allowedGroups", c.AllowedGroups)
	n.groupsProblems(&wrong, "detailsReadableBy", c.DetailsReadableBy)
	for i, group := range c.DetailsReadableBy {
		if !c.UsableByEveryone && len(c.AllowedGroups) > 0 && !slices.Contains(c.AllowedGroups, group) {
			wrong.Add(problem.Index("detailsReadableBy", i), "add it to allowedGroups, or leave it out",
				"%q may read the credentials of a connection that it may not use", group)
		}
	}
	return wrong
}

func (n *node) athenaProblems(c S3Connection[string]) problem.List {
	var wrong problem.List
	a := c.Athena
	form(&wrong, "name", a.Name, namePattern, "letters, digits, underscores and hyphens, at most 63")
	if a.Region == "" {
		wrong.Add("region", "give the workgroup's region", "it is missing, and the host's is not known")
	}
	form(&wrong, "region", a.Region, regionPattern, "a region such as eu-west-1")
	if a.Workgroup == "" {
		wrong.Add("workgroup", "give an Athena workgroup", "it is missing: nothing would bound what queries cost")
	}
	named(&wrong, "workgroup", a.Workgroup, awsname.AthenaWorkgroup)
	required(&wrong, "outputLocation", a.OutputLocation, locationPattern, "s3://BUCKET/PREFIX/")
	between(&wrong, "fetchSize", a.FetchSize, 1, 10000, "use 1000")
	named(&wrong, "glueDatabase", c.GlueDatabase, awsname.AthenaDatabase)
	if n.installation.AthenaDriver == nil {
		wrong.Add("", "give installation.athenaDriver its url, or say that it is installed", "DSS has no JDBC driver for Athena")
	}
	return wrong
}

func (n *node) metastoreProblems() problem.List {
	var wrong problem.List
	m := n.settings.Metastore
	if m.Flavor != "" {
		oneOf(&wrong, "flavor", m.Flavor, MetastoreGlue, MetastoreDSS)
	}
	hasAthena := func(c S3Connection[string]) bool { return c.Athena != nil }
	if m.Flavor == MetastoreDSS && slices.ContainsFunc(n.settings.S3Connections, hasAthena) {
		wrong.Add("flavor", "use "+MetastoreGlue, "Athena finds tables in Glue only")
	}
	if m.CredentialsConnection == "" {
		return wrong
	}
	at := slices.IndexFunc(n.settings.S3Connections, func(c S3Connection[string]) bool { return c.Name == m.CredentialsConnection })
	switch {
	case m.Flavor != MetastoreGlue:
		wrong.Add("credentialsConnection", "leave it out, or use the flavor "+MetastoreGlue, "only Glue is called with credentials")
	case at < 0:
		wrong.Add("credentialsConnection", "name one of s3Connections", "%q is no S3 connection", m.CredentialsConnection)
	case n.settings.S3Connections[at].Environment:
		wrong.Add("credentialsConnection", "name a connection with roleArn or keyPairSecretArn", "%q has no credentials of its own",
			m.CredentialsConnection)
	}
	return wrong
}

package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// probe is the name of an object, a table, a snapshot that stands for all of its kind.
const probe = "probe"

// resources finds everything that is asked for, and beside what the platform has one of its kind that it does not have.
func (s *surveyor) resources() {
	s.buckets()
	s.catalog()
	at := s.graph.Location
	s.each(typeRepository, KindRepository, "repository ", partARN)
	s.each(typeSecret, KindSecret, "secret ", partARN)
	s.each(typeKey, KindKey, "key ", partARN)
	s.each("aws:ebs/volume:Volume", KindVolume, "volume ", partARN)
	s.each("aws:ec2/instance:Instance", KindInstance, "instance ", func(res *synth.Resource) map[Part]string {
		return whole(at.ARN("ec2", "instance/"+res.ID))
	})
	s.each("aws:ssm/document:Document", KindDocument, "document ", partARN)
	s.each("aws:ssm/association:Association", KindAssociation, "association ", func(res *synth.Resource) map[Part]string {
		return whole(at.ARN("ssm", "association/"+value(res, "associationId")))
	})
	s.each("aws:cloudformation/stack:Stack", KindStack, "stack ", partARN)
	s.each("aws:sfn/stateMachine:StateMachine", KindStateMachine, "state machine ", partARN)
	s.each("aws:cloudwatch/logGroup:LogGroup", KindLogGroup, "log group ", func(res *synth.Resource) map[Part]string {
		return map[Part]string{Whole: value(res, "arn"), PartStream: value(res, "arn") + ":log-stream:" + probe}
	})
	s.each("eks:index:Cluster", KindCluster, "cluster", func(res *synth.Resource) map[Part]string {
		return whole(at.ARN("eks", "cluster/"+value(res, "name")))
	})
	s.roles()
	s.mentioned()
	s.others()
	s.beside()
	s.ofCatalog()
	for i := range s.Resources {
		r := &s.Resources[i]
		bucket := cmp.Or(r.Parts[PartBucket], r.Parts[Whole])
		_, known := s.world.Resources[bucket]
		r.unowned = !known && (r.Kind == KindBucket || r.Kind == KindObjects)
	}
}

func whole(arn string) map[Part]string { return map[Part]string{Whole: arn} }

func partARN(res *synth.Resource) map[Part]string { return whole(value(res, "arn")) }

// each adds the resources of a type.
func (s *surveyor) each(token string, kind Kind, label string, parts func(*synth.Resource) map[Part]string) {
	for _, res := range s.graph.OfType(token) {
		name := label
		if strings.HasSuffix(label, " ") {
			name += s.part(res)
		}
		connection := ""
		if c := s.connection(res); c != nil {
			connection = connectionName(c)
		}
		s.add(Resource{Kind: kind, Label: name + of(connection), Connection: connection, Parts: parts(res)})
	}
}

func (s *surveyor) add(resource Resource) { s.Resources = append(s.Resources, resource) }

// roles are resources, too: they can be taken, handed to services, and changed.
func (s *surveyor) roles() {
	for _, principal := range s.labels {
		kind, label := KindRole, "role of "+principal.Label
		if strings.Contains(principal.ARN, ":user/") {
			kind = KindUser
		}
		s.add(Resource{Kind: kind, Label: strings.Replace(label, "role of role ", "role ", 1), Connection: principal.Connection,
			Parts: whole(principal.ARN)})
	}
}

// thereBefore ends the labels of what the program does not make.
const thereBefore = " that was there before"

// mentioned are secrets and keys that policies of identities name and that the program does not make.
func (s *surveyor) mentioned() {
	known := map[string]bool{}
	for _, r := range s.Resources {
		known[r.Parts[Whole]] = true
	}
	for _, arn := range s.namedResources() {
		if known[arn] || strings.ContainsAny(arn, "*?$") {
			continue
		}
		parts := strings.SplitN(arn, ":", 6)
		switch parts[2] {
		case "secretsmanager":
			name := strings.TrimPrefix(parts[5], "secret:")
			label := "secret " + name[:max(0, len(name)-secretSuffix)] + thereBefore
			s.add(Resource{Kind: KindSecret, Label: label, Parts: whole(arn), Outside: true})
		case "kms":
			s.add(Resource{Kind: KindKey, Label: "key " + strings.TrimPrefix(parts[5], "key/") + s.whose(arn), Parts: whole(arn), Outside: true})
			parts[5] = "key/another"
			if other := strings.Join(parts, ":"); parts[4] != s.Account && !known[other] {
				known[other] = true
				s.add(Resource{Kind: KindKey, Label: "another key", Parts: whole(other), Outside: true})
			}
		}
	}
}

// whose says whether the platform encrypts something of its own with a key that was there before.
func (s *surveyor) whose(key string) string {
	for _, res := range s.graph.Resources {
		if res.Custom && mentions(plainMap(res.Inputs), key) {
			return thereBefore
		}
	}
	return outsideOf
}

// mentions says whether a text is among the values below a value.
func mentions(value any, text string) bool {
	switch v := value.(type) {
	case string:
		return v == text
	case []any:
		return slices.ContainsFunc(v, func(below any) bool { return mentions(below, text) })
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), func(below any) bool { return mentions(below, text) })
	}
	return false
}

// ofCatalog has the key of Glue's catalog called so.
func (s *surveyor) ofCatalog() {
	for i := range s.Resources {
		r := &s.Resources[i]
		for _, settings := range s.graph.OfType("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings") {
			if r.Kind == KindKey && mentions(plainMap(settings.State), r.Parts[Whole]) {
				r.general, r.users = r.Label+" of the catalog", s.withTables()
			}
		}
	}
}

// withTables are the connections that have databases.
func (s *surveyor) withTables() []string {
	var names []string
	for _, c := range s.graph.OfType(connectionType) {
		if len(saidList(c, "databases")) > 0 {
			names = append(names, connectionName(c))
		}
	}
	return names
}

// namedResources are the ARNs that policies of identities name.
func (s *surveyor) namedResources() []string {
	var all []string
	for _, identity := range s.world.Identities {
		for _, policy := range identity.Policies {
			for _, statement := range policy.Document.Statements {
				all = append(all, statement.Resources...)
			}
		}
	}
	return slices.DeleteFunc(unique(all), func(arn string) bool { return strings.Count(arn, ":") < 5 })
}

// others are what belongs to the account but not to the platform, and what has no ARN.
func (s *surveyor) others() {
	at := s.graph.Location
	global := "arn:" + at.Partition + ":"
	for _, other := range []struct {
		kind  Kind
		label string
		parts map[Part]string
	}{
		{KindRepository, "another repository", whole(at.ARN("ecr", "repository/another/"+probe))},
		{KindSecret, "another secret", whole(at.ARN("secretsmanager", "secret:another-AbCdEf"))},
		{KindKey, "another key", whole(at.ARN("kms", "key/another"))},
		{KindVolume, "another volume", whole(at.ARN("ec2", "volume/vol-another"))},
		{KindInstance, "another instance", whole(at.ARN("ec2", "instance/i-another"))},
		{KindDocument, "another document", whole(at.ARN("ssm", "document/another"))},
		{KindAssociation, "another association", whole(at.ARN("ssm", "association/another"))},
		{KindStack, "another stack", whole(at.ARN("cloudformation", "stack/another/0123"))},
		{KindStateMachine, "another state machine", whole(at.ARN("states", "stateMachine:another"))},
		{KindLogGroup, "another log group", map[Part]string{
			Whole: at.ARN("logs", "log-group:another"), PartStream: at.ARN("logs", "log-group:another:log-stream:"+probe)}},
		{KindCluster, "another cluster", whole(at.ARN("eks", "cluster/another"))},
		{KindSnapshot, "snapshots", whole(global + "ec2:" + at.Region + "::snapshot/snap-" + probe)},
		{KindParameter, "parameters", whole(at.ARN("ssm", "parameter/another"))},
		{KindManaged, "managed instances", whole(at.ARN("ssm", "managed-instance/mi-another"))},
		{KindLogGroup, "log groups of Glue", map[Part]string{
			Whole: at.ARN("logs", "log-group:/aws-glue/"+probe), PartStream: at.ARN("logs", "log-group:/aws-glue/"+probe+":log-stream:"+probe)}},
		{KindDataCatalog, "Athena's catalog of Glue", whole(at.ARN("athena", "datacatalog/AwsDataCatalog"))},
		{KindDataCatalog, "another data catalog", whole(at.ARN("athena", "datacatalog/another"))},
		{KindRole, labelTrusting, whole(s.trustingRole())},
		{KindUser, "user another", whole(at.GlobalARN("iam", "user/one-more", true))},
		{KindIAM, "IAM", whole(at.GlobalARN("iam", "policy/one-more", true))},
		{KindAccount, "account", whole("*")},
		{KindNetwork, "network of the account", whole(at.ARN("ec2", "network-interface/eni-another"))},
	} {
		s.add(Resource{Kind: other.kind, Label: other.label, Parts: other.parts, Outside: true})
	}
	for prefix := range s.prefixes() {
		s.add(Resource{Kind: KindRepository, Label: "repositories that DSS makes", Parts: whole(at.ARN("ecr", "repository/"+prefix+"/"+probe))})
	}
}

// labelTrusting is a role of the account that is not the platform's, and that trusts the whole account, as many do.
const labelTrusting = "another role that trusts the account"

func (s *surveyor) trustingRole() string {
	return s.graph.Location.GlobalARN("iam", "role/trusts-the-account", true)
}

// prefixes are what names of repositories begin with.
func (s *surveyor) prefixes() map[string]bool {
	found := map[string]bool{}
	for _, res := range s.graph.OfType(typeRepository) {
		if prefix, _, ok := strings.Cut(value(res, "name"), "/"); ok {
			found[prefix] = true
		}
	}
	return found
}

// area is a part of a bucket: everything below a prefix.
type area struct {
	bucket, prefix, label, connection string
	// exact is true for one object, whose key prefix is.
	exact bool
	// thing is what settings share it by.
	thing string
}

// elsewhere begins the labels of objects that are in no area of their bucket.
const elsewhere = "objects elsewhere in "

// otherBucket stands for all buckets of the account that are not the platform's.
const otherBucket = "another-bucket"

// buckets adds each bucket, the areas in it, and what is in no area.
func (s *surveyor) buckets() {
	at := s.graph.Location
	areas := s.areas()
	s.folders = map[string][]string{}
	for _, a := range areas {
		if a.prefix != "" && !a.exact {
			s.folders[a.prefix] = append(s.folders[a.prefix], at.GlobalARN("s3", a.bucket, false))
		}
	}
	for _, bucket := range s.bucketResources(areas) {
		name := strings.TrimPrefix(bucket.Parts[Whole], at.GlobalARN("s3", "", false))
		s.add(bucket)
		wholeTaken := false
		for _, a := range areas {
			if a.bucket == name {
				wholeTaken = wholeTaken || a.prefix == ""
				s.add(s.objects(bucket.Parts[Whole], a))
			}
		}
		if !wholeTaken {
			rest := s.objects(bucket.Parts[Whole], area{bucket: name, prefix: "elsewhere-" + probe + "/", label: elsewhere + bucket.Label})
			rest.Outside = bucket.Outside
			s.add(rest)
		}
	}
}

// bucketResources are the buckets: the program's, those that connections are in, and one that has nothing to do with it. A bucket that
// is a connection's alone is called after it.
func (s *surveyor) bucketResources(areas []area) []Resource {
	labels, connections := map[string]string{otherBucket: "another bucket"}, map[string]string{}
	for _, res := range s.graph.OfType(typeBucket) {
		labels[value(res, "bucket")] = "bucket " + s.part(res)
		if c := s.connection(res); c != nil {
			labels[value(res, "bucket")] += of(connectionName(c))
			connections[value(res, "bucket")] = connectionName(c)
		}
	}
	for _, a := range areas {
		_, known := labels[a.bucket]
		switch {
		case !known && a.exact:
			labels[a.bucket] = "bucket of archives" + outsideOf
		case !known:
			labels[a.bucket], connections[a.bucket] = "bucket"+outsideOf+of(a.connection), a.connection
		case a.prefix == "" && a.connection != "" && connections[a.bucket] == "":
			labels[a.bucket], connections[a.bucket] = "bucket"+of(a.connection), a.connection
		}
	}
	var buckets []Resource
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		bucket := Resource{Kind: KindBucket, Label: labels[name], Connection: connections[name],
			Parts: whole(s.graph.Location.GlobalARN("s3", name, false)), Outside: name == otherBucket || strings.Contains(labels[name], outsideOf)}
		for _, a := range areas {
			if a.bucket == name && a.thing != "" {
				bucket.things = append(bucket.things, a.thing)
			}
			if a.bucket == name && a.connection != "" && bucket.Connection == "" {
				bucket.users = append(bucket.users, a.connection)
			}
		}
		buckets = append(buckets, bucket)
	}
	return buckets
}

// outsideOf marks what connections reach in buckets that the program does not make: it does not know their policies.
const outsideOf = " outside of the platform"

func (s *surveyor) objects(bucket string, a area) Resource {
	key := a.prefix
	if !a.exact {
		key += probe
	}
	return Resource{Kind: KindObjects, Label: a.label, Connection: a.connection, things: []string{a.thing},
		Outside: strings.Contains(a.label, outsideOf),
		Parts:   map[Part]string{Whole: bucket + "/" + key, PartBucket: bucket},
		Context: map[string][]string{"s3:prefix": {a.prefix}}}
}

// areas are what connections, workgroups and the host have in buckets. Where two are the same, the first names it.
func (s *surveyor) areas() []area {
	var found []area
	seen := map[[2]string]bool{}
	add := func(a area) {
		if key := [2]string{a.bucket, a.prefix}; a.bucket != "" && !seen[key] {
			seen[key] = true
			found = append(found, a)
		}
	}
	made := map[string]bool{}
	for _, res := range s.graph.OfType(typeBucket) {
		made[value(res, "bucket")] = true
	}
	where := func(bucket string) string {
		if made[bucket] {
			return ""
		}
		return outsideOf
	}
	for _, c := range s.graph.OfType(connectionType) {
		name, bucket := connectionName(c), s.bucketOf(c)
		add(area{
			bucket: bucket, prefix: said(c, "prefix"), label: "data" + where(bucket) + of(name), connection: name, thing: "connection " + name,
		})
	}
	for _, res := range s.graph.OfType("aws:athena/workgroup:Workgroup") {
		configuration, _ := plainMap(res.State)["configuration"].(map[string]any)
		results, _ := configuration["resultConfiguration"].(map[string]any)
		location, _ := results["outputLocation"].(string)
		bucket, prefix, _ := strings.Cut(strings.TrimPrefix(location, "s3://"), "/")
		label, connection := s.workgroupLabel(res)
		add(area{bucket: bucket, prefix: prefix, label: "results of " + label, connection: connection})
	}
	for _, res := range s.graph.OfType("aws:glue/catalogDatabase:CatalogDatabase") {
		bucket, prefix, _ := strings.Cut(strings.TrimPrefix(value(res, "locationUri"), "s3://"), "/")
		if connection := s.holder("databases", value(res, "name")); connection != "" && prefix != "" {
			add(area{bucket: bucket, prefix: strings.TrimSuffix(prefix, "/") + "/", thing: "connection " + connection,
				label: "tables' files" + where(bucket) + of(connection), connection: connection})
		}
	}
	for _, res := range s.graph.OfType("aws:s3/bucketObjectv2:BucketObjectv2") {
		folder, _, below := strings.Cut(value(res, "key"), "/")
		if below {
			add(area{bucket: value(res, "bucket"), prefix: folder + "/", label: "objects below " + folder + "/ that the program delivers"})
		}
	}
	for _, arn := range s.namedResources() {
		bucket, key, isObject := strings.Cut(strings.TrimPrefix(arn, s.graph.Location.GlobalARN("s3", "", false)), "/")
		if strings.HasPrefix(arn, s.graph.Location.GlobalARN("s3", "", false)) && isObject && !strings.ContainsAny(arn, "*?$") {
			add(area{bucket: bucket, prefix: key, label: "archives" + outsideOf, exact: true})
		}
	}
	return found
}

// bucketOf is the bucket that a connection's data is in.
func (s *surveyor) bucketOf(connection *synth.Resource) string {
	for _, res := range s.graph.OfType(typeBucket) {
		if res.ParentURN == connection.URN {
			return cmp.Or(said(connection, "bucketName"), value(res, "bucket"))
		}
	}
	return cmp.Or(said(connection, "bucketName"), said(connection, "bucket"))
}

// catalog adds databases, workgroups and the catalog as a whole.
func (s *surveyor) catalog() {
	at := s.graph.Location
	database := func(r Resource, name string) {
		r.Kind = KindDatabase
		r.Parts = map[Part]string{Whole: at.ARN("glue", "database/"+name), PartTable: at.ARN("glue", "table/"+name+"/"+probe)}
		s.add(r)
	}
	for _, res := range s.graph.OfType("aws:glue/catalogDatabase:CatalogDatabase") {
		name := value(res, "name")
		r := Resource{Label: "database " + name + " of the platform", general: "database NAME of the platform", things: []string{s.thingOf(name)}}
		if connection := s.holder("databases", name); connection != "" {
			r.Label, r.Connection, r.general = "databases"+of(connection), connection, ""
		}
		database(r, name)
	}
	database(Resource{Label: "database default", Outside: true}, "default")
	database(Resource{Label: "another database", Outside: true}, "another_database")
	s.foreign()
	for _, res := range s.graph.OfType("aws:athena/dataCatalog:DataCatalog") {
		parameters, _ := plainMap(res.State)["parameters"].(map[string]any)
		account, _ := parameters["catalog-id"].(string)
		s.add(Resource{Kind: KindDataCatalog, Label: "Athena's catalog of account " + account, general: otherAthena,
			Parts: whole(at.ARN("athena", "datacatalog/"+value(res, "name"))), things: []string{catalogOf(account)}})
	}
	workgroup := func(label, connection, name string, outside bool) {
		parts := whole(at.ARN("athena", "workgroup/"+name))
		s.add(Resource{Kind: KindWorkgroup, Label: label, Connection: connection, Outside: outside, Parts: parts})
	}
	for _, res := range s.graph.OfType("aws:athena/workgroup:Workgroup") {
		label, connection := s.workgroupLabel(res)
		workgroup(label, connection, value(res, "name"), false)
	}
	workgroup("another workgroup", "", "another", true)
	s.add(Resource{Kind: KindCatalog, Label: "Glue catalog", Parts: whole(at.ARN("glue", "catalog"))})
	s.otherCatalogs()
}

// labelSharedCatalog is a catalog of another account, whose owner shares it with the platform's.
const labelSharedCatalog = "Glue catalog of another account"

// otherCatalogs are catalogs that have nothing to do with the platform.
func (s *surveyor) otherCatalogs() {
	add := func(label, arn string) {
		s.add(Resource{Kind: KindCatalog, Label: label, Parts: whole(arn), Outside: true})
	}
	other, at := s.graph.Location, s.graph.Location
	add("another catalog of Glue", at.ARN("glue", "catalog/another"))
	other.AccountID = otherAccount
	add(labelSharedCatalog, other.ARN("glue", "catalog"))
	at.Region = "another-region-1"
	add("Glue catalog of another region", at.ARN("glue", "catalog"))
}

func (s *surveyor) workgroupLabel(res *synth.Resource) (label, connection string) {
	if connection = s.holder("workgroups", value(res, "name")); connection != "" {
		return "workgroup" + of(connection), connection
	}
	return "workgroup of the platform", ""
}

// holder is the connection that says that something is its own, by the key and the name of it.
func (s *surveyor) holder(key, name string) string {
	for _, c := range s.graph.OfType(connectionType) {
		if said(c, key) == name || slices.Contains(saidList(c, key), name) {
			return connectionName(c)
		}
	}
	return ""
}

// entries are whom the cluster lets in.
func (s *surveyor) entries() {
	scopes := map[[2]string][]string{}
	for _, res := range s.graph.OfType("aws:eks/accessPolicyAssociation:AccessPolicyAssociation") {
		policy := value(res, "policyArn")
		verb := "Kubernetes: " + policy[strings.LastIndex(policy, "/")+1:]
		scope, _ := plainMap(res.Inputs)["accessScope"].(map[string]any)
		if namespaces, ok := scope["namespaces"].([]any); ok {
			var names []string
			for _, name := range namespaces {
				text, _ := name.(string)
				names = append(names, text)
			}
			verb += " in " + strings.Join(names, " ")
		}
		key := [2]string{value(res, "principalArn"), value(res, "clusterName")}
		scopes[key] = append(scopes[key], verb)
	}
	for _, res := range s.graph.OfType("aws:eks/accessEntry:AccessEntry") {
		key := [2]string{value(res, "principalArn"), value(res, "clusterName")}
		label := "who deploys"
		if principal, ok := s.labels[key[0]]; ok {
			label = principal.Label
		}
		for _, group := range values(res, "kubernetesGroups") {
			scopes[key] = append(scopes[key], "Kubernetes: group "+group)
		}
		for _, verb := range scopes[key] {
			s.Entries = append(s.Entries, Entry{Principal: label, Cluster: "cluster", Verb: verb})
		}
	}
	slices.SortFunc(s.Entries, func(a, b Entry) int { return strings.Compare(a.Principal+a.Verb, b.Principal+b.Verb) })
}

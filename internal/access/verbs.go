package access

import "maps"

// Kind is a kind of resource.
type Kind string

// Kinds of resources.
const (
	KindObjects      Kind = "objects"
	KindBucket       Kind = "bucket"
	KindDatabase     Kind = "database"
	KindCatalog      Kind = "catalog"
	KindWorkgroup    Kind = "workgroup"
	KindDataCatalog  Kind = "data catalog"
	KindRepository   Kind = "repository"
	KindCluster      Kind = "cluster"
	KindSecret       Kind = "secret"
	KindKey          Kind = "key"
	KindVolume       Kind = "volume"
	KindSnapshot     Kind = "snapshot"
	KindInstance     Kind = "instance"
	KindManaged      Kind = "managed instance"
	KindDocument     Kind = "document"
	KindAssociation  Kind = "association"
	KindParameter    Kind = "parameter"
	KindStack        Kind = "stack"
	KindLogGroup     Kind = "log group"
	KindStateMachine Kind = "state machine"
	KindRole         Kind = "role"
	KindUser         Kind = "user"
	KindIAM          Kind = "IAM"
	KindNetwork      Kind = "network"
	KindAccount      Kind = "account"
)

// Part is a part of a resource that actions act on.
type Part string

// Parts of resources.
const (
	// Whole is the resource itself.
	Whole Part = "whole"
	// PartBucket is the bucket that objects are in.
	PartBucket Part = "bucket"
	// PartTable is a table of a database.
	PartTable Part = "table"
	// PartStream is a stream of a log group.
	PartStream Part = "stream"
)

// verb is a word for actions that come to the same. The actions represent their like: not all of a service, but each that a policy of
// the platform names, which a test sees to, and those by which the like of it would do harm.
type verb struct {
	name    string
	on      Part
	actions []string
}

// Verbs that assertions speak of.
const (
	verbRead       = "read"
	verbList       = "list"
	verbWrite      = "write"
	verbDelete     = "delete"
	verbAdminister = "administer"
	verbAssume     = "assume"
	verbPass       = "pass"
	verbPush       = "push"
	verbPull       = "pull"
	verbDescribe   = "describe"
	verbQuery      = "query"
	verbDecrypt    = "decrypt"
	verbGuarded    = "get credentials from Lake Formation"
	verbEncrypt    = "encrypt"
	verbGrant      = "grant"
	verbCreate     = "create"
)

// verbs is what is asked of each kind.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
func verbs() map[Kind][]verb {
	all := map[Kind][]verb{}
	for _, some := range []map[Kind][]verb{
		dataVerbs(), catalogVerbs(), clusterVerbs(), secretVerbs(), machineVerbs(), managementVerbs(), identityVerbs(), accountVerbs(),
	} {
		maps.Copy(all, some)
	}
	return all
}

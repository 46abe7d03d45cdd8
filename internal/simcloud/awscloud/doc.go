// Package awscloud says how AWS behaves, as far as a Pulumi program can see: which
// identifiers and computed properties a new resource gets, which changes replace it,
// which names are unique, what must go before what, and what data sources answer.
// It decides over plain property values and an inventory of what exists; it neither
// serves a provider nor changes anything.
package awscloud

// What the simulated account looks like.
const (
	// AccountID is the account that everything is in, one that AWS uses in its documents.
	AccountID = "123456789012"
	// DefaultRegion is where resources go when the provider's configuration names no region.
	DefaultRegion = "us-east-1"
	// CallerARN is who deploys: a role's session, as under IAM Identity Center or in CI.
	CallerARN = "arn:aws:sts::" + AccountID + ":assumed-role/deployer/simulated"
)

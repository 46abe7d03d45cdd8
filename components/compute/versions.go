package compute

import (
	"time"

	"github.com/pulumi-dss/pulumi-dss/internal/eksversion"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// versionRequest is what decides whether a Kubernetes version is taken.
type versionRequest struct {
	version, upgradeFrom          string
	extendedSupport, allowUnknown bool
}

func (a *ComputeEKSArgs) versionRequest() versionRequest {
	return versionRequest{a.Version, a.UpgradeFrom, a.ExtendedSupport, a.AllowUnknownVersion}
}

// problems are those on a day: support ends on days.
func (r versionRequest) problems(on time.Time) problem.List {
	var wrong problem.List
	if err := eksversion.Upgrade(r.version, r.version); err != nil {
		wrong.Add("version", "", "%s", err)
		return wrong
	}
	verdict := eksversion.Check(r.version, on)
	switch {
	case verdict.Status == eksversion.OutOfSupport:
		wrong.Add("version", "", "%s", verdict.Message)
	case verdict.Status == eksversion.Unknown && !r.allowUnknown:
		wrong.Add("version", "if it does, set allowUnknownVersion", "%s", verdict.Message)
	case verdict.Status == eksversion.Extended && !r.extendedSupport:
		wrong.Add("version", "raise it, or set extendedSupport; without, EKS upgrades clusters of this version by itself", "%s", verdict.Message)
	}
	if r.upgradeFrom != "" {
		wrong.AddError("upgradeFrom", eksversion.Upgrade(r.upgradeFrom, r.version))
	}
	return wrong
}

// warnings are what is worth knowing about a version that is taken.
func (r versionRequest) warnings(on time.Time) []string {
	if verdict := eksversion.Check(r.version, on); verdict.Warn {
		return []string{verdict.Message}
	}
	return nil
}

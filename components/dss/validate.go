package dss

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/cidr"
	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Problems lists everything that is wrong with what is given. What is not given may still come from others: that the rest is
// there, [NewDSSInstance] asks.
func (a *DSSInstanceArgs) Problems() problem.List {
	args := a.withDefaults()
	var wrong problem.List
	wrong = append(wrong, args.imageProblems()...)
	wrong = append(wrong, args.sizeProblems()...)
	wrong.Under("dataVolume", args.DataVolume.problems())
	wrong = append(wrong, args.accessProblems()...)
	wrong = append(wrong, args.addressProblems()...)
	if args.LoadBalancer != nil {
		wrong.Under("loadBalancer", args.LoadBalancer.problems())
	}
	wrong = append(wrong, args.identityProblems()...)
	wrong = append(wrong, a.contradictions()...)
	wrong = append(wrong, args.deliveryProblems()...)
	return append(wrong, args.nodeProblems()...)
}

// missing lists the required inputs that are nil.
func (a *DSSInstanceArgs) missing() problem.List {
	var wrong problem.List
	if a.SubnetID == nil {
		wrong.Add("subnetId", "give the subnet that the host is in", "it is missing")
	}
	if a.VPCID == nil && (a.SecurityGroupID == nil || a.LoadBalancer != nil) {
		wrong.Add("vpcId", "give the VPC of the subnet", "it is missing")
	}
	if a.LoadBalancer != nil && a.LoadBalancer.SubnetIDs == nil {
		wrong.Add("loadBalancer.subnetIds", balancedZones, "they are missing")
	}
	return wrong
}

// minBalancedSubnets is what Elastic Load Balancing asks for.
const (
	minBalancedSubnets = 2
	balancedZones      = "give subnets of at least two zones"
)

// contradictions lists the inputs that cannot be given together. Their values may come from resources; that they are given is known.
// Defaults contradict nothing.
func (a *DSSInstanceArgs) contradictions() problem.List {
	var wrong problem.List
	if a.LoadBalancer != nil {
		if given, ok := a.LoadBalancer.SubnetIDs.(pulumi.StringArray); ok && len(given) < minBalancedSubnets {
			wrong.Add("loadBalancer.subnetIds", balancedZones, "only %d", len(given))
		}
	}
	if a.AssetsBucketKMSKeyARN != nil && a.AssetsBucket == "" {
		wrong.Add("assetsBucketKmsKeyArn", "give assetsBucket too, or kmsKeyArn for the bucket that is made",
			"a key of a bucket that is there, without the bucket")
	}
	if a.SecurityGroupID != nil {
		wrong = append(wrong, a.contradictsGroup()...)
	}
	return wrong
}

// contradictsGroup lists the rules that were asked for, when the group is somebody else's: silence would look like success.
func (a *DSSInstanceArgs) contradictsGroup() problem.List {
	var wrong problem.List
	for _, rule := range []struct {
		path  string
		cidrs []string
	}{{"allowedCidrs", a.AllowedCIDRs}, {"sshCidrs", a.SSHCIDRs}, {"egressCidrs", a.EgressCIDRs}} {
		if len(rule.cidrs) > 0 {
			wrong.Add(rule.path, "leave it out, or leave out securityGroupId", "the rules of a given security group are its owner's")
		}
	}
	return wrong
}

var (
	amiPattern        = regexp.MustCompile(`^ami-[0-9a-f]{8,17}$`)
	ownerPattern      = regexp.MustCompile(`^([0-9]{12}|self)$`)
	snapshotPattern   = regexp.MustCompile(`^snap-[0-9a-f]{8,17}$`)
	volumePattern     = regexp.MustCompile(`^vol-[0-9a-f]{8,17}$`)
	allocationPattern = regexp.MustCompile(`^eipalloc-[0-9a-f]{8,17}$`)
	certPattern       = regexp.MustCompile(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$`)
	zonePattern       = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	domainPattern     = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
	sslPattern        = regexp.MustCompile(`^ELBSecurityPolicy-[A-Za-z0-9-]+$`)
	// rolePattern wants an account, and at least one letter of the role's name before `*`: a pattern of all roles would
	// hand out every role that trusts the account.
	rolePattern    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/([\w+=,.@-]+/)*[\w+=,.@-]+\*?$`)
	mirrorPattern  = regexp.MustCompile(`^https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?(/[A-Za-z0-9._~%+@=-]+)*/?$`)
	keyNamePattern = regexp.MustCompile(`^[\x20-\x7e]{1,255}$`)
)

func (a *DSSInstanceArgs) imageProblems() problem.List {
	var wrong problem.List
	if a.OperatingSystem != AlmaLinux9 && a.OperatingSystem != AlmaLinux8 {
		wrong.Add("operatingSystem", fmt.Sprintf("use %s or %s", AlmaLinux9, AlmaLinux8), "%q is not an operating system that the host can have",
			a.OperatingSystem)
	}
	checkForm(&wrong, "ami", a.AMI, amiPattern, "the id of an image: ami-…")
	checkForm(&wrong, "imageOwner", a.ImageOwner, ownerPattern, "the twelve digits of an account, or self")
	if a.AMI != "" && a.ImageOwner != "" {
		wrong.Add("imageOwner", "leave it out, or leave out ami", "nothing is looked up when the image is given")
	}
	return wrong
}

// checkForm adds a problem when a value is there and has another form.
func checkForm(wrong *problem.List, path, value string, form *regexp.Regexp, want string) {
	if value != "" && !form.MatchString(value) {
		wrong.Add(path, "give "+want, "%q is not of that form", value)
	}
}

// checkName adds a problem when a name is there and AWS would refuse it.
func checkName(wrong *problem.List, path, value string, rule awsname.Rule) {
	if value != "" {
		wrong.AddError(path, rule.Check(value))
	}
}

func (a *DSSInstanceArgs) sizeProblems() problem.List {
	var wrong problem.List
	if a.RootVolumeGiB < 20 || a.RootVolumeGiB > 16384 {
		wrong.Add("rootVolumeGiB", "use 20 to 16384", "%d GiB is no size for the system's volume", a.RootVolumeGiB)
	}
	found, known := instancetype.Lookup(a.InstanceType)
	if !known {
		if !a.AllowUnknownInstanceType {
			wrong.Add("instanceType", unknownTypeFix(a.InstanceType), "%q is not an instance type that is known here", a.InstanceType)
		}
		return wrong
	}
	if found.Architecture != "x86_64" {
		wrong.Add("instanceType", "use an x86-64 type, such as "+DefaultInstanceType, "%s is %s, and DSS runs on x86-64 only",
			a.InstanceType, found.Architecture)
	}
	if found.MemoryMiB < MinMemoryGiB*1024 {
		wrong.Add("instanceType", fmt.Sprintf("use a type with %d GiB or more, such as m7i.2xlarge", MinMemoryGiB),
			"%s has %.4g GiB of memory, and DSS asks for %d", a.InstanceType, float64(found.MemoryMiB)/1024, MinMemoryGiB)
	}
	return wrong
}

func unknownTypeFix(name string) string {
	const otherwise = "set allowUnknownInstanceType for one that is newer than the table"
	if near := instancetype.Nearest(name, 3); len(near) > 0 {
		return "did you mean " + strings.Join(near, ", ") + "? Otherwise " + otherwise
	}
	return "use an EC2 type such as " + DefaultInstanceType + ", or " + otherwise
}

func (v *DataVolume) problems() problem.List {
	var wrong problem.List
	checkForm(&wrong, "volumeId", v.VolumeID, volumePattern, "the id of a volume: vol-…")
	checkForm(&wrong, "snapshotId", v.SnapshotID, snapshotPattern, "the id of a snapshot: snap-…")
	if v.VolumeID != "" {
		if *v != (DataVolume{VolumeID: v.VolumeID}) {
			wrong.Add("volumeId", "leave out its size, IOPS, throughput and snapshot, or leave out volumeId",
				"nothing is changed about a volume that is there")
		}
		return wrong
	}
	if v.SizeGiB < MinDataVolumeGiB || v.SizeGiB > 16384 {
		wrong.Add("sizeGiB", fmt.Sprintf("use %d to 16384: DSS asks for %d GiB", MinDataVolumeGiB, MinDataVolumeGiB),
			"%d GiB is no size for the data volume", v.SizeGiB)
	}
	if v.IOPS < 3000 || v.IOPS > 16000 || v.IOPS > 500*v.SizeGiB {
		wrong.Add("iops", "use 3000 to 16000, at most 500 a GiB", "%d IOPS is more or less than gp3 has", v.IOPS)
	}
	if v.ThroughputMiBps < 125 || v.ThroughputMiBps > 1000 || 4*v.ThroughputMiBps > v.IOPS {
		wrong.Add("throughputMiBps", "use 125 to 1000, at most a quarter of the IOPS", "%d MiB/s is more or less than gp3 has", v.ThroughputMiBps)
	}
	return wrong
}

func (a *DSSInstanceArgs) accessProblems() problem.List {
	var wrong problem.List
	// DSS takes the ten ports above its base port as well.
	if a.Port < 1025 || a.Port > 65525 {
		wrong.Add("port", "use 1025 to 65525: DSS takes this port and the ten above it, without being root", "%d cannot be the base port", a.Port)
	}
	wrong.Under("allowedCidrs", cidrProblems(a.AllowedCIDRs, !a.AllowFromAnywhere, "set allowFromAnywhere as well"))
	wrong.Under("sshCidrs", cidrProblems(a.SSHCIDRs, true, "use Session Manager, or the addresses that SSH comes from"))
	wrong.Under("egressCidrs", cidrProblems(a.EgressCIDRs, false, ""))
	if a.AllowFromAnywhere && len(a.AllowedCIDRs) == 0 {
		wrong.Add("allowFromAnywhere", "name the blocks in allowedCidrs, or leave it out", "no addresses are let in")
	}
	checkForm(&wrong, "keyName", a.KeyName, keyNamePattern, "the name of an EC2 key pair: up to 255 ASCII characters")
	if a.KeyName != "" && len(a.SSHCIDRs) == 0 {
		wrong.Add("keyName", "name who uses it in sshCidrs, or leave it out", "nobody reaches SSH")
	}
	return wrong
}

func cidrProblems(cidrs []string, narrow bool, fix string) problem.List {
	return cidr.Opening{Anywhere: !narrow, Instead: fix}.Problems(cidrs)
}

func (a *DSSInstanceArgs) addressProblems() problem.List {
	var wrong problem.List
	if a.PrivateIP != "" {
		if ip, err := netip.ParseAddr(a.PrivateIP); err != nil || !ip.Is4() {
			wrong.Add("privateIp", "give an IPv4 address of the subnet", "%q is not one", a.PrivateIP)
		}
	}
	checkForm(&wrong, "elasticIpAllocationId", a.ElasticIPAllocationID, allocationPattern, "the allocation of an address: eipalloc-…")
	if a.ElasticIP && a.ElasticIPAllocationID != "" {
		wrong.Add("elasticIp", "leave out one of the two", "an address cannot be made and be there (elasticIpAllocationId)")
	}
	return wrong
}

func (l *LoadBalancer) problems() problem.List {
	var wrong problem.List
	wrong.Under("allowedCidrs", cidrProblems(l.AllowedCIDRs, !l.AllowFromAnywhere, "set loadBalancer.allowFromAnywhere as well"))
	if len(l.AllowedCIDRs) == 0 {
		wrong.Add("allowedCidrs", "name the blocks of addresses that people come from", "nobody reaches the load balancer")
	}
	checkForm(&wrong, "certificateArn", l.CertificateARN, certPattern, "the ARN of a certificate: arn:aws:acm:…:certificate/…")
	checkForm(&wrong, "domainName", l.DomainName, domainPattern, "a name such as dss.example.com, in lower case")
	checkForm(&wrong, "hostedZoneId", l.HostedZoneID, zonePattern, "the id of a Route 53 zone: Z…")
	checkForm(&wrong, "sslPolicy", l.SSLPolicy, sslPattern, "a policy of Elastic Load Balancing, such as "+DefaultSSLPolicy)
	checkName(&wrong, "accessLogsBucket", l.AccessLogsBucket, awsname.Bucket)
	if l.CertificateARN == "" && (l.DomainName == "" || l.HostedZoneID == "") {
		wrong.Add("certificateArn", "give it, or domainName and hostedZoneId for one that is made", "there is no certificate for HTTPS")
	}
	if l.HostedZoneID != "" && l.DomainName == "" {
		wrong.Add("hostedZoneId", "give domainName too", "there is no name to write into the zone")
	}
	return wrong
}

func (a *DSSInstanceArgs) identityProblems() problem.List {
	var wrong problem.List
	if a.CredentialsMode != InstanceRole && a.CredentialsMode != KeyPair {
		wrong.Add("credentialsMode", fmt.Sprintf("use %s or %s", InstanceRole, KeyPair), "%q is not a mode", a.CredentialsMode)
	}
	checkName(&wrong, "roleName", a.RoleName, awsname.IAMRole)
	for i, name := range a.ClusterNames {
		wrong.AddError(problem.Index("clusterNames", i), awsname.EKSCluster.Check(name))
	}
	for i, arn := range a.ConnectionRoleARNs {
		if !rolePattern.MatchString(arn) {
			wrong.Add(problem.Index("connectionRoleArns", i), "give the ARN of a role, with its account; `*` may only end the name",
				"%q is not one", arn)
		}
	}
	for i, path := range a.ConnectionRolePaths {
		at := problem.Index("connectionRolePaths", i)
		wrong.AddError(at, awsname.IAMPath.Check(path))
		if path == "/" || strings.ContainsAny(path, "*?") {
			wrong.Add(at, "give a path that only the connections' roles have", "%q has roles of others, too", path)
		}
	}
	for i, prefix := range a.ConnectionSecretPrefixes {
		at := problem.Index("connectionSecretPrefixes", i)
		wrong.AddError(at, awsname.Secret.Check(prefix))
		if !strings.HasSuffix(prefix, "/") {
			wrong.Add(at, "end it with a slash: a name that only begins alike does not belong to it", "%q is half a name", prefix)
		}
	}
	if a.RoleName != "" && len(a.ClusterNames)+len(a.ConnectionRoleARNs)+len(a.ConnectionRolePaths)+len(a.ConnectionSecretPrefixes) > 0 {
		wrong.Add("roleName", "grant it where the role is made, and leave out clusterNames and connectionRoleArns",
			"nothing is granted to a role that is there")
	}
	return wrong
}

// deliveryProblems are about what runs on the host.
func (a *DSSInstanceArgs) deliveryProblems() problem.List {
	var wrong problem.List
	checkName(&wrong, "assetsBucket", a.AssetsBucket, awsname.Bucket)
	if a.WaitTimeoutMinutes < 5 || a.WaitTimeoutMinutes > 720 {
		wrong.Add("waitTimeoutMinutes", "use 5 to 720: CloudFormation waits for twelve hours at most", "%d minutes", a.WaitTimeoutMinutes)
	}
	for _, from := range slices.Sorted(maps.Keys(a.Mirrors)) {
		for _, url := range []string{from, a.Mirrors[from]} {
			if !mirrorPattern.MatchString(url) {
				wrong.Add("mirrors."+from, "write both addresses as https://HOST/PATH", "%q is not an address of that form", url)
			}
		}
	}
	if len(wrong) > 0 {
		return wrong // what follows would only repeat it
	}
	desired, boot := a.desired(), a.boot()
	for _, p := range append(desired.Validate(), boot.Validate()...) {
		p.Path = argumentPath(p.Path)
		if !slices.Contains(wrong, p) {
			wrong = append(wrong, p)
		}
	}
	return wrong
}

// argumentPath is the argument that a value of the host's state came from.
func argumentPath(path string) string {
	switch path {
	case "user.name":
		return "userName"
	case "user.home":
		return "userName"
	case "agentURL":
		return "ssmAgentUrl"
	case "agentSHA256":
		return "ssmAgentSha256"
	default:
		return path
	}
}

// longestName leaves room for what is put behind it: `-assets` and eight random characters in a bucket's 63, `-lb` and as
// many in a load balancer's 32.
const (
	longestName         = 40
	longestBalancedName = 21
)

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// NameProblems lists what is wrong with the names that the component's resources get.
func NameProblems(project, stack, name string, args *DSSInstanceArgs) problem.List {
	var wrong problem.List
	longest := longestName
	if args.LoadBalancer != nil {
		longest = longestBalancedName
	}
	if len(name) > longest || !namePattern.MatchString(name) {
		wrong.Add("name", fmt.Sprintf("use up to %d lower-case letters, digits and hyphens, a letter first", longest),
			"%q cannot begin the names of a bucket, a role and a load balancer", name)
	}
	if err := awsname.CloudFormationStack.Check(stackName(project, stack, name)); err != nil {
		wrong.Add("name", "shorten the name, or the stack's", "the stack that waits for the host would have the name %s", err)
	}
	return wrong
}

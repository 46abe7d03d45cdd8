package awsname

// Lengths of Kubernetes names ("Labels and Selectors", "Object Names and IDs" of the Kubernetes documentation).
const (
	maxLabel     = 63
	maxSubdomain = 253
	maxLabelKey  = maxSubdomain + 1 + maxLabel
)

const (
	lettersDigits       = "a letter or a digit"
	labelShape          = "starts and ends with a letter or a digit"
	qualifiedCharacters = "a-z, A-Z, 0-9, hyphen, underscore and dot, and a slash after an optional DNS subdomain"
	qualifiedShape      = "starts and ends with a letter or a digit, before the slash and after it, with at most 63 characters after it"
	iamCharacters       = "a-z, A-Z, 0-9 and _+=,.@-"
	ssmCharacters       = "a-z, A-Z, 0-9, underscore, hyphen and dot"
	hyphenShape         = "starts and ends with a letter or a digit"
	ecrShape            = "is made of parts joined by slashes; a part starts and ends with a-z or 0-9, and inside it a dot, one or two " +
		"underscores, or hyphens stand between those"
	ecrMismatch = "has separators in a row other than two underscores or hyphens"
)

// definitions holds what each rule allows. Nothing changes it.
var definitions = [ruleCount + 1]definition{
	// S3 user guide, "General purpose bucket naming rules". Names ending in -an are for buckets in an
	// account's regional namespace, which the program does not create.
	Bucket: {
		what: "an S3 bucket name", min: 3, max: 63, allowed: lowerDigitsAnd("-."), characters: "a-z, 0-9, hyphen and dot",
		shape: "starts and ends with a-z or 0-9, has no two dots in a row, is not an IP address, and does not use a reserved prefix " +
			"(xn--, sthree-, amzn-s3-demo-) or suffix (-s3alias, --ol-s3, .mrap, --x-s3, --table-s3, -an)",
		refused: refusals(
			startsWith(isLowerOrDigit, "a-z or 0-9"), endsWith(isLowerOrDigit, "a-z or 0-9"),
			without("..", "has two dots in a row"), when(looksLikeIPv4, "is an IP address"),
			withoutPrefix("xn--", "sthree-", "amzn-s3-demo-"),
			withoutSuffix("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"),
		),
	},
	ECRRepository: {
		what: "an ECR repository name", min: ecrRepositoryMin, max: ecrRepositoryMax, allowed: lowerDigitsAnd("-_./"),
		characters: "a-z, 0-9, hyphen, underscore, dot and slash", shape: ecrShape, refused: repositoryParts,
		pattern: ecrRepositoryPattern, mismatch: ecrMismatch,
	},
	// ECR user guide, "Templates to control repositories created during a pull through cache, create on push, or replication
	// action": a slash at the end is always assumed, so a prefix is written without it. "ROOT" would mean every repository.
	ECRPrefix: {
		what: "an ECR repository prefix", min: ecrPrefixMin, max: ecrPrefixMax, allowed: lowerDigitsAnd("-_./"),
		characters: "a-z, 0-9, hyphen, underscore, dot and slash", shape: ecrShape + "; the slash after it is not written",
		refused: repositoryParts, pattern: ecrPrefixPattern, mismatch: ecrMismatch,
	},
	EKSCluster: {
		what: "an EKS cluster name", min: eksClusterMin, max: eksClusterMax, allowed: lettersDigitsAnd("-_"),
		characters: "a-z, A-Z, 0-9, hyphen and underscore", shape: "starts with a letter or a digit",
		refused: startsWith(isLetterOrDigit, lettersDigits), pattern: eksClusterPattern,
	},
	// EKS user guide, "Create a managed node group for your cluster".
	EKSNodeGroup: {
		what: "an EKS node group name", min: 1, max: 63, allowed: lettersDigitsAnd("-_"),
		characters: "a-z, A-Z, 0-9, hyphen and underscore", shape: "starts with a letter or a digit",
		refused: startsWith(isLetterOrDigit, lettersDigits),
	},
	// Length: EKS's service model. Form: Kubernetes, "Labels and Selectors". Reserved: the kubelet's --node-labels.
	NodeLabelKey: {
		what: "the key of a node group's label", min: eksLabelKeyMin, max: eksLabelKeyMax, allowed: lettersDigitsAnd("-_./"),
		characters: qualifiedCharacters, shape: qualifiedShape + ", and is not under kubernetes.io, k8s.io or eks.amazonaws.com",
		refused: refusals(qualifiedName, kubeletLabels),
	},
	NodeLabelValue: {
		what: "the value of a node group's label", min: eksLabelValueMin, max: eksLabelValueMax, allowed: lettersDigitsAnd("-_."),
		characters: "a-z, A-Z, 0-9, hyphen, underscore and dot", shape: labelShape, refused: edges,
	},
	TaintKey: {
		what: "the key of a taint", min: eksTaintKeyMin, max: eksTaintKeyMax, allowed: lettersDigitsAnd("-_./"),
		characters: qualifiedCharacters, shape: qualifiedShape, refused: qualifiedName,
	},
	TaintValue: {
		what: "the value of a taint", min: 0, max: eksTaintValueMax, allowed: lettersDigitsAnd("-_."),
		characters: "a-z, A-Z, 0-9, hyphen, underscore and dot", shape: labelShape, refused: edges,
	},
	// Kubernetes, "Labels and Selectors", "Syntax and character set".
	LabelKey: {
		what: "the key of a Kubernetes label", min: 1, max: maxLabelKey, allowed: lettersDigitsAnd("-_./"),
		characters: qualifiedCharacters, shape: qualifiedShape, refused: qualifiedName,
	},
	LabelValue: {
		what: "the value of a Kubernetes label", min: 0, max: maxLabel, allowed: lettersDigitsAnd("-_."),
		characters: "a-z, A-Z, 0-9, hyphen, underscore and dot", shape: labelShape, refused: edges,
	},
	// Kubernetes, "Object Names and IDs", "RFC 1123 Label Names".
	Namespace: {
		what: "a Kubernetes namespace", min: 1, max: maxLabel, allowed: lowerDigitsAnd("-"), characters: "a-z, 0-9 and hyphen",
		shape:   "starts and ends with a-z or 0-9",
		refused: refusals(startsWith(isLowerOrDigit, "a-z or 0-9"), endsWith(isLowerOrDigit, "a-z or 0-9")),
	},
	// Athena user guide, "Name databases, tables, and columns": lower case, and leading spaces go unseen.
	GlueDatabase: {
		what: "a Glue database name", min: glueDatabaseMin, max: glueDatabaseMax, allowed: glueCharacter,
		characters: "any kind but upper-case letters and control characters", shape: "does not start or end with a space, and only with " +
			"a-z, 0-9 and underscore does Athena read it without quotes",
		refused: refusals(withoutOuterSpace, when(longerThanGlueBytes, "is longer than 255 bytes")), pattern: glueDatabasePattern,
	},
	AthenaDatabase: {
		what: "the name of a database that Athena reads without quotes", min: 1, max: 255, allowed: lowerDigitsAnd("_"),
		characters: "a-z, 0-9 and underscore (no hyphen)", shape: "starts with a letter", refused: startsWith(isLower, "a letter"),
		pattern: glueDatabasePattern,
	},
	AthenaWorkgroup: {
		what: "an Athena workgroup name", min: 1, max: 128, allowed: lettersDigitsAnd("._-"),
		characters: "a-z, A-Z, 0-9, dot, underscore and hyphen", pattern: athenaWorkgroupPattern,
	},
	IAMRole: {
		what: "an IAM role name", min: iamRoleMin, max: iamRoleMax, allowed: lettersDigitsAnd("_+=,.@-"),
		characters: iamCharacters, pattern: iamRolePattern,
	},
	IAMPolicy: {
		what: "an IAM policy name", min: iamPolicyMin, max: iamPolicyMax, allowed: lettersDigitsAnd("_+=,.@-"),
		characters: iamCharacters, pattern: iamPolicyPattern,
	},
	IAMInstanceProfile: {
		what: "an instance profile name", min: iamInstanceProfileMin, max: iamInstanceProfileMax, allowed: lettersDigitsAnd("_+=,.@-"),
		characters: iamCharacters, pattern: iamInstanceProfilePattern,
	},
	IAMPath: {
		what: "an IAM path", min: iamPathMin, max: iamPathMax, allowed: visibleASCII, characters: "visible ASCII",
		shape:   `is "/" or starts and ends with a slash, with something between the two`,
		refused: refusals(startsWith(isSlash, "a slash"), endsWith(isSlash, "a slash")), pattern: iamPathPattern,
		mismatch: "has nothing between its slashes",
	},
	// KMS API reference, CreateAlias.
	KMSAlias: {
		what: "a KMS alias", min: kmsAliasMin, max: kmsAliasMax, allowed: lettersDigitsAnd(":/_-"),
		characters: "a-z, A-Z, 0-9, colon, slash, underscore and hyphen", shape: `starts with "alias/", goes on after it, and not with "aws/"`,
		refused: kmsAlias, pattern: kmsAliasPattern,
	},
	// CloudWatch Logs API reference, CreateLogGroup.
	LogGroup: {
		what: "a log group name", min: logGroupMin, max: logGroupMax, allowed: lettersDigitsAnd(".-_/#"),
		characters: "a-z, A-Z, 0-9, dot, hyphen, underscore, slash and #", shape: `does not start with "aws/"`,
		refused: withoutPrefix("aws/"), pattern: logGroupPattern,
	},
	// Systems Manager API reference, CreateDocument: also AWSEC2, AWSConfigRemediation, AWSSupport.
	SSMDocument: {
		what: "an SSM document name", min: 3, max: 128, allowed: lettersDigitsAnd("_-."), characters: ssmCharacters,
		shape: "does not start with aws, amazon or amzn", refused: withoutPrefix("aws", "amazon", "amzn"), pattern: ssmDocumentPattern,
	},
	SSMAssociation: {
		what: "an SSM association name", min: 3, max: 128, allowed: lettersDigitsAnd("_-."), characters: ssmCharacters,
		pattern: ssmAssociationPattern,
	},
	// Secrets Manager API reference, CreateSecret.
	Secret: {
		what: "a secret's name", min: secretMin, max: secretMax, allowed: lettersDigitsAnd("/_+=.@-"), characters: "a-z, A-Z, 0-9 and /_+=.@-",
	},
	// CloudFormation API reference, CreateStack.
	CloudFormationStack: {
		what: "a CloudFormation stack name", min: 1, max: 128, allowed: lettersDigitsAnd("-"), characters: "a-z, A-Z, 0-9 and hyphen",
		shape: "starts with a letter", refused: startsWith(isLetter, "a letter"),
	},
	// CloudFormation user guide, "Resources" (alphanumeric) and "Understand CloudFormation quotas" (255 characters).
	CloudFormationLogicalID: {
		what: "a CloudFormation logical ID", min: 1, max: 255, allowed: isLetterOrDigit, characters: "a-z, A-Z and 0-9",
	},
	// EC2 API reference, CreateSecurityGroup; AWS trims spaces at the end, which would be a difference for ever.
	SecurityGroup: {
		what: "a security group name", min: 1, max: 255, allowed: lettersDigitsAnd(" ._-:/()#,@[]+=&;{}!$*"),
		characters: "a-z, A-Z, 0-9, space and ._-:/()#,@[]+=&;{}!$*", shape: `does not start with "sg-", nor start or end with a space`,
		refused: refusals(withoutPrefix("sg-"), withoutOuterSpace),
	},
	// EC2 API reference, CreateLaunchTemplate.
	LaunchTemplate: {
		what: "a launch template name", min: 3, max: 128, allowed: lettersDigitsAnd("().-/_"),
		characters: "a-z, A-Z, 0-9 and ().-/_",
	},
	// Elastic Load Balancing API reference, CreateLoadBalancer.
	LoadBalancer: {
		what: "a load balancer name", min: 1, max: 32, allowed: lettersDigitsAnd("-"), characters: "a-z, A-Z, 0-9 and hyphen",
		shape: hyphenShape + `, and not with "internal-"`, refused: refusals(edges, withoutPrefix("internal-")),
	},
	// Elastic Load Balancing API reference, CreateTargetGroup.
	TargetGroup: {
		what: "a target group name", min: 1, max: 32, allowed: lettersDigitsAnd("-"), characters: "a-z, A-Z, 0-9 and hyphen",
		shape: hyphenShape, refused: edges,
	},
}

package platform_test

// waivers are the rules that are broken, where, and why that is right.
func waivers() []waiver {
	return []waiver{}
}

// actionsWithoutResource are actions for which a policy cannot name a resource.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
func actionsWithoutResource() []string {
	return []string{
		"logs:DescribeLogGroups",
	}
}

package platform_test

import "github.com/pulumi-dss/pulumi-dss/tests/harness"

// waivers are the rules that are broken, where, and why that is right.
func waivers() []waiver {
	var all []waiver
	for _, environment := range environments() {
		all = append(all, waiver{
			"data survives destroy", "dss-" + environment + "-assets",
			"holds only what the program puts there again",
		})
	}
	for _, made := range []string{"dss-dev-dku-apideployer-apinode-base", "dss-dev-database-dss_dev", "dss-dev-results"} {
		all = append(all, waiver{"data survives destroy", made, "DSS makes it again; what stays would be in the way of the next stack of that name"})
	}
	return all
}

// globalNames waives the names that are the same in every partition.
func globalNames(environment string) harness.Option {
	return harness.WithoutCheck(harness.CheckPartition, "the AWS CLI comes from one address for all partitions",
		"dss-"+environment+"-host", "dss-"+environment+"-desired")
}

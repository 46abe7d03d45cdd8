package stacks

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Export makes the stack's outputs: what a person, or the next program, needs.
func (p *Platform) Export(ctx *pulumi.Context) {
	for name, value := range p.Outputs() {
		ctx.Export(name, value)
	}
}

// Outputs are the stack's outputs by name.
func (p *Platform) Outputs() pulumi.Map {
	outputs := pulumi.Map{
		// To use the platform.
		"url":              p.DSS.URL,
		"ssmCommand":       p.DSS.SSMCommand,
		"passwordCommand":  p.passwordCommand(),
		"apiKeySecretArn":  p.DSS.APIKeySecretARN,
		"kubeconfig":       p.Compute.Kubeconfig,
		"clusterName":      p.Compute.ClusterName,
		"registryUrl":      p.Registry.RegistryURL,
		"imageRegistryUrl": p.Registry.ImageURLPrefix,
		"workgroups":       p.Catalog.WorkgroupNames,
		"databases":        p.Catalog.DatabaseNames,
		// To build on it.
		"instanceId":          p.DSS.InstanceID,
		"dataVolumeId":        p.DSS.DataVolumeID,
		"hostRoleArn":         p.DSS.RoleARN,
		"vpcId":               p.Network.VPCID,
		"privateSubnetIds":    p.Network.PrivateSubnetIDs,
		"publicSubnetIds":     p.Network.PublicSubnetIDs,
		"nodeSecurityGroupId": p.Compute.NodeSecurityGroupID,
		"kmsKeyArn":           p.KMSKeyARN,
		"networkingPreset":    p.networkingPreset(),
	}
	if p.Lake != nil {
		outputs["lake"] = p.lakeOutputs()
	}
	return outputs
}

// lakeOutputs are where data is, whose credentials reach it, and what other accounts have to add to their policies.
func (p *Platform) lakeOutputs() pulumi.Map {
	return pulumi.Map{
		"zoneBuckets":          p.Lake.ZoneBuckets,
		"roleArns":             p.Lake.RoleARNs,
		"keyPairSecretArns":    p.Lake.KeyPairSecretARNs,
		"ownerBucketPolicies":  p.Lake.OwnerBucketPolicies,
		"ownerKeyPolicies":     p.Lake.OwnerKeyPolicies,
		"ownerCatalogPolicies": p.Lake.OwnerCatalogPolicies,
		"sharedBucketPolicies": p.Lake.SharedBucketPolicies,
		"sharedKeyPolicy":      p.Lake.SharedKeyPolicy,
		"sharedCatalogPolicy":  p.Lake.SharedCatalogPolicy,
	}
}

// passwordCommand prints the password of DSS's user admin; empty without DSS.
func (p *Platform) passwordCommand() pulumi.StringOutput {
	region := p.config.AWS.Region
	return p.DSS.AdminPasswordSecretARN.ApplyT(func(arn string) string {
		if arn == "" {
			return ""
		}
		return "aws secretsmanager get-secret-value --region " + region + " --secret-id " + arn + " --query SecretString --output text"
	}).(pulumi.StringOutput)
}

// networkingPreset are the values of the preset "Networking settings" of DSS's EKS plugin, which the reference
// architecture's step "Install EKS plugin" asks for: two subnets in the VPC of DSS, and DSS's security groups.
func (p *Platform) networkingPreset() pulumi.Map {
	return pulumi.Map{
		"subnets":        pulumi.StringArray(p.twoSubnets()),
		"securityGroups": pulumi.StringArray{p.Network.SharedSecurityGroupID, p.DSS.SecurityGroupID},
	}
}

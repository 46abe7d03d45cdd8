package stacks

import (
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Problems lists everything that is wrong with the settings, with paths from the keys of Pulumi.yaml on. Names are made of
// the project's and the stack's, too.
func (c *Config) Problems(project, stack string) problem.List {
	wrong := c.AWS.problems()
	wrong = append(wrong, c.misplacedConsent()...)
	wrong.Under("encryption", c.encryptionArgs().Problems())
	wrong.Under("network", c.networkArgs().Problems())
	wrong.Under("dss", c.dssArgs().Problems())
	wrong.Under("registry", c.registryArgs().Problems())
	wrong.Under("catalog", c.catalogArgs().Problems())
	wrong.Under("compute", c.computeArgs().Problems())
	wrong.Under("dssAccess", c.DSSAccess.Problems())
	wrong = append(wrong, c.doomedCatalog()...)
	wrong = append(wrong, dss.NameProblems(project, stack, c.Name, c.dssArgs())...)
	return wrong
}

// misplacedConsent finds the stack's consent to deleting data where it has no effect.
func (c *Config) misplacedConsent() problem.List {
	var wrong problem.List
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"encryption", c.Encryption.AllowDataDeletion},
		{"dss", c.DSS.AllowDataDeletion},
		{"registry", c.Registry.AllowDataDeletion},
		{"catalog", c.Catalog.AllowDataDeletion},
		{"compute", c.Compute.AllowDataDeletion},
	} {
		if part.given {
			wrong.Add(part.name+".allowDataDeletion", "set allowDataDeletion of the stack", "the consent is the stack's, not a component's")
		}
	}
	return wrong
}

// doomedCatalog finds a key that would be deleted while the account's catalog stays encrypted with it: that is the whole
// account's catalog, and it would be lost.
func (c *Config) doomedCatalog() problem.List {
	var wrong problem.List
	encrypts := c.Catalog.EncryptCatalog == nil || *c.Catalog.EncryptCatalog
	made := c.KMSKeyARN == "" && c.Catalog.KMSKeyARN == nil
	if c.AllowDataDeletion && c.Encryption.DeleteData && encrypts && made {
		wrong.Add("encryption.deleteData", "give the catalog a key that stays (catalog.kmsKeyArn), or set catalog.encryptCatalog to false",
			"the whole account's Glue Data Catalog is encrypted with the key, and stays when the stack goes")
	}
	return wrong
}

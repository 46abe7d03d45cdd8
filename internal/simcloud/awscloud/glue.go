package awscloud

import (
	"fmt"
)

var glueSpecs = map[string]Spec{
	"aws:glue/catalogDatabase:CatalogDatabase": {
		ID: func(r Request) string { return r.Or("catalogId", r.Account) + ":" + r.Text("name") },
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("glue", "database/"+r.Text("name")), "catalogId": r.Account, "locationUri": ""}
		},
		NameLower: true,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Glue Catalog Database (%s): AlreadyExistsException: Database already exists.", r.Text("name"))
		},
	},
	"aws:glue/catalogTable:CatalogTable": {
		ID: func(r Request) string {
			return r.Or("catalogId", r.Account) + ":" + r.Text("databaseName") + ":" + r.Text("name")
		},
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("glue", "table/"+r.Text("databaseName")+"/"+r.Text("name")), "catalogId": r.Account}
		},
		Unique: []string{"databaseName", "name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Glue Catalog Table (%s): AlreadyExistsException: Table already exists.", r.Text("name"))
		},
	},
	"aws:glue/crawler:Crawler": {
		ID:      property("name"),
		Outputs: func(r Request) map[string]any { return map[string]any{"arn": r.ARN("glue", "crawler/"+r.ID)} },
		Unique:  []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Glue Crawler (%s): AlreadyExistsException: Crawler already exists", r.Text("name"))
		},
	},
	"aws:glue/securityConfiguration:SecurityConfiguration": {
		ID: property("name"), Outputs: none,
		Unique: []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Glue Security Configuration (%s): AlreadyExistsException: Security Configuration already exists.",
				r.Text("name"))
		},
	},
	"aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": {
		ID:      func(r Request) string { return r.Or("catalogId", r.Account) },
		Outputs: func(r Request) map[string]any { return map[string]any{"catalogId": r.Account} },
		Unique:  []string{"catalogId"},
		Taken: func(r Request) string {
			return fmt.Sprintf("Glue Data Catalog (%s) has its encryption set twice: AWS would let the later one overwrite the earlier", r.Account)
		},
	},
	"aws:glue/resourcePolicy:ResourcePolicy": {ID: func(r Request) string { return r.Account }, Outputs: none},
}

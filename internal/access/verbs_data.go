package access

// dataVerbs are about files in S3.
func dataVerbs() map[Kind][]verb {
	return map[Kind][]verb{
		KindObjects: {
			{verbRead, Whole, []string{"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectAcl"}},
			{verbWrite, Whole, []string{"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObjectTagging"}},
			{verbDelete, Whole, []string{"s3:DeleteObject"}},
			{"delete versions", Whole, []string{"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}},
			{verbAdminister, Whole, []string{"s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutObjectRetention", "s3:RestoreObject"}},
			{verbList, PartBucket, []string{"s3:ListBucket"}},
			{"list versions", PartBucket, []string{"s3:ListBucketVersions"}},
		},
		KindBucket: {
			{"list all", Whole, []string{"s3:ListBucket"}},
			{"list all versions", Whole, []string{"s3:ListBucketVersions"}},
			{"list uploads", Whole, []string{"s3:ListBucketMultipartUploads"}},
			{verbDescribe, Whole, []string{"s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"}},
			{verbAdminister, Whole, []string{
				"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration",
				"s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning", "s3:PutReplicationConfiguration", "s3:PutBucketLogging",
				"s3:PutBucketOwnershipControls", "s3:PutBucketAcl", "s3:PutBucketNotification",
			}},
		},
	}
}

// catalogVerbs are about tables, queries and their catalogs.
func catalogVerbs() map[Kind][]verb {
	return map[Kind][]verb{
		KindDatabase: {
			{verbRead, Whole, []string{"glue:GetDatabase"}},
			{verbRead, PartTable, tableReads()},
			{verbWrite, PartTable, tableWrites()},
			{verbDelete, PartTable, tableDeletes()},
			{"change the database", Whole, []string{"glue:UpdateDatabase"}},
			{verbAdminister, Whole, []string{"glue:DeleteDatabase", "glue:CreateDatabase"}},
		},
		KindCatalog: {
			{verbList, Whole, []string{"glue:GetDatabases"}},
			{"read in", Whole, append([]string{"glue:GetDatabase"}, tableReads()...)},
			{"write in", Whole, append([]string{"glue:UpdateDatabase"}, tableWrites()...)},
			{"delete in", Whole, tableDeletes()},
			{verbAdminister, Whole, []string{
				"glue:PutResourcePolicy", "glue:DeleteResourcePolicy", "glue:PutDataCatalogEncryptionSettings", "glue:CreateDatabase",
			}},
			{"describe connections", Whole, []string{"glue:GetConnection", "glue:GetConnections", "glue:GetDataCatalogEncryptionSettings"}},
		},
		KindWorkgroup: {
			{verbQuery, Whole, []string{
				"athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution", "athena:BatchGetQueryExecution",
				"athena:GetQueryResults", "athena:GetQueryResultsStream", "athena:GetQueryRuntimeStatistics", "athena:ListQueryExecutions",
				"athena:StartSession",
			}},
			{verbDescribe, Whole, []string{
				"athena:GetWorkGroup", "athena:GetNamedQuery", "athena:ListNamedQueries", "athena:BatchGetNamedQuery", "athena:GetPreparedStatement",
				"athena:ListPreparedStatements", "athena:BatchGetPreparedStatement",
			}},
			{"save queries", Whole, []string{
				"athena:CreateNamedQuery", "athena:DeleteNamedQuery", "athena:UpdateNamedQuery", "athena:CreatePreparedStatement",
				"athena:DeletePreparedStatement", "athena:UpdatePreparedStatement",
			}},
			{verbAdminister, Whole, []string{"athena:UpdateWorkGroup", "athena:DeleteWorkGroup", "athena:TagResource"}},
		},
		KindDataCatalog: {
			{verbDescribe, Whole, []string{
				"athena:GetDataCatalog", "athena:GetDatabase", "athena:ListDatabases", "athena:GetTableMetadata", "athena:ListTableMetadata",
			}},
			{verbAdminister, Whole, []string{"athena:UpdateDataCatalog", "athena:DeleteDataCatalog"}},
		},
	}
}

// Actions on tables. Glue wants the right to each on the catalog and the database, too.
//
// Source: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
func tableReads() []string {
	return []string{
		"glue:GetTable", "glue:GetTables", "glue:GetTableVersions", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition",
		"glue:GetPartitionIndexes", "glue:SearchTables", "glue:GetColumnStatisticsForTable",
	}
}

func tableWrites() []string {
	return []string{
		"glue:CreateTable", "glue:UpdateTable", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition",
		"glue:BatchUpdatePartition", "glue:CreatePartitionIndex",
	}
}

func tableDeletes() []string {
	return []string{
		"glue:DeleteTable", "glue:BatchDeleteTable", "glue:DeletePartition", "glue:BatchDeletePartition", "glue:DeleteTableVersion",
		"glue:BatchDeleteTableVersion", "glue:DeletePartitionIndex",
	}
}

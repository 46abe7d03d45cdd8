package awsname

import "regexp"

var keyARN = regexp.MustCompile(`^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+$`)

// KeyRegion is the region of a KMS key, by its ARN: arn:aws:kms:REGION:ACCOUNT:key/ID. An alias is none, nor is an ID by itself.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
func KeyRegion(arn string) (region string, isKey bool) {
	parts := keyARN.FindStringSubmatch(arn)
	if parts == nil {
		return "", false
	}
	return parts[1], true
}

// IsKeyARN says whether a text is the ARN of a KMS key.
func IsKeyARN(text string) bool { return keyARN.MatchString(text) }

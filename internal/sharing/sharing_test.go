package sharing

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

func TestPrincipals(t *testing.T) {
	t.Parallel()
	const role = "arn:aws-cn:iam::210987654321:role/team/reader"
	at := location.Location{Partition: "aws-cn", AccountID: "123456789012"}
	assert.Equal(t, []string{role, "arn:aws-cn:iam::210987654321:root"}, Principals(at, []string{"210987654321", role, "210987654321"}))
	assert.Empty(t, Principals(at, nil))
}

func TestProblems(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Problems("sharedWith", []string{"210987654321", "arn:aws:iam::210987654321:user/a"}))
	for _, who := range []string{"*", "", "2109", "arn:aws:iam::210987654321:role/*", "arn:aws:iam::210987654321:root", "arn:aws:s3:::bucket"} {
		wrong := Problems("sharedWith", []string{who})
		require.Len(t, wrong, 1, who)
		assert.Equal(t, "sharedWith[0]", wrong[0].Path)
	}
	assert.Equal(t, "sharedWith[1]", Problems("sharedWith", []string{"210987654321", "210987654321"})[0].Path)
}

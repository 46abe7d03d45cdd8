package removal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/removal"
)

func TestItTakesBothKeys(t *testing.T) {
	t.Parallel()
	assert.False(t, removal.Keys{}.Turned())
	assert.False(t, removal.Keys{DeleteData: true}.Turned())
	assert.False(t, removal.Keys{AllowDataDeletion: true}.Turned())
	assert.True(t, removal.Keys{DeleteData: true, AllowDataDeletion: true}.Turned())
}

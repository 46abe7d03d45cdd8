package harness

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// object is how plain Go values are turned into properties.
type object = map[string]any

func TestOwnAnswersConfigAndOutputs(t *testing.T) {
	var seen []string
	Run(t, inPlatform(func(ctx *pulumi.Context, p *platform) error {
		var zones struct {
			Names []string `pulumi:"names"`
		}
		err := ctx.Invoke("aws:index/getAvailabilityZones:getAvailabilityZones", map[string]any{}, &zones)
		size, _ := ctx.GetConfig("project:size")
		region, _ := ctx.GetConfig("aws:region")
		seen = append(seen, strings.Join(append(zones.Names, size, region), " "))
		res, other := part(ctx, "aws:ec2/route:Route", "web-r", nil, pulumi.Parent(p))
		_, third := part(ctx, "aws:ec2/route:Route", "web-s", pulumi.Map{"name": res.Name}, pulumi.Parent(p))
		return errors.Join(err, other, third)
	}),
		Config(map[string]string{"size": "2"}), ConfigIn(PartitionChina, map[string]string{"size": "3"}), Secrets("size"),
		Answer("aws:index/getAvailabilityZones:getAvailabilityZones", func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(object{"names": []any{"z"}}), nil
		}),
		Outputs("aws:ec2/route:Route", func(name string, _ resource.PropertyMap) resource.PropertyMap {
			return resource.NewPropertyMapFromMap(object{"name": "routed-" + name})
		}))
	assert.Equal(t, []string{"z 2 eu-west-1", "z 2 eu-west-1", "z 3 cn-north-1"}, seen)
}

// TestTaggableTable compares the table with the source of the AWS SDK, for the services that the table names.
func TestTaggableTable(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-aws/sdk/v6").Output()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		t.Skip("the source of the AWS SDK is not in the module cache")
	}
	sdk := filepath.Join(strings.TrimSpace(string(out)), "go", "aws")
	services := map[string]bool{}
	for token := range taggable {
		if service, ok := strings.CutPrefix(token, "aws:"); ok {
			service, _, _ = strings.Cut(service, "/")
			services[service] = true
		}
	}
	register := regexp.MustCompile(`ctx\.RegisterResource\("([^"]+)"`)
	for service := range services {
		files, err := filepath.Glob(filepath.Join(sdk, service, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			if match := register.FindSubmatch(source); match != nil {
				want := strings.Contains(string(source), "\n\tTags pulumi.StringMapInput\n")
				assert.Equal(t, want, taggable[string(match[1])], "%s", match[1])
			}
		}
	}
}

// Deploys a platform from a Go program, through Pulumi's Automation API, with settings that the program makes.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/pulumi-dss/pulumi-dss/stacks"
)

func main() {
	if err := deploy(context.Background(), "sales"); err != nil {
		log.Fatal(err)
	}
}

func deploy(ctx context.Context, team string) error {
	settings, err := stacks.NewConfig(stacks.PresetProd)
	if err != nil {
		return err
	}
	settings.AWS.Region = "eu-west-1"
	settings.Tags = map[string]string{"team": team}
	settings.DSS.InstanceType = "m7i.8xlarge"
	stack, err := auto.UpsertStackInlineSource(ctx, team, stacks.ProjectName, stacks.Program(settings))
	if err != nil {
		return err
	}
	result, err := stack.Up(ctx, optup.ProgressStreams(os.Stdout))
	if err != nil {
		return err
	}
	fmt.Println("DSS answers at", result.Outputs["url"].Value)
	return nil
}

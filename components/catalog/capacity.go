package catalog

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudformation"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// MinCapacityDPUs is the smallest reservation, and CapacityStepDPUs the step from one size to the next.
//
// Source: https://docs.aws.amazon.com/athena/latest/ug/capacity-management-requirements.html
const (
	MinCapacityDPUs  = 24
	CapacityStepDPUs = 4
)

// capacity rents processing units for workgroups, where that was asked for.
func (c *GlueAthenaCatalog) capacity() error {
	rented := c.args.Capacity
	if rented == nil {
		return nil
	}
	template, err := capacityTemplate(c.child("capacity"), rented.DPUs, rented.served(c.args.workgroupNames()))
	if err != nil {
		return err
	}
	_, err = cloudformation.NewStack(c.ctx, c.child("capacity"), &cloudformation.StackArgs{
		TemplateBody: pulumi.String(template), Tags: pulumi.ToStringMap(c.tags("capacity")),
		// The reservation names workgroups, which have to be there.
	}, c.parent(), pulumi.DependsOn(c.Ready))
	if err != nil {
		return fmt.Errorf("reserving capacity: %w", err)
	}
	return nil
}

// capacityTemplate is the CloudFormation template of a reservation and its assignment.
func capacityTemplate(name string, dpus int, workgroups []string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"AWSTemplateFormatVersion": "2010-09-09",
		"Resources": map[string]any{
			"Reservation": map[string]any{
				"Type": "AWS::Athena::CapacityReservation",
				"Properties": map[string]any{
					"Name":       name,
					"TargetDpus": dpus,
					"CapacityAssignmentConfiguration": map[string]any{
						"CapacityAssignments": []any{map[string]any{"WorkgroupNames": workgroups}},
					},
				},
			},
		},
	})
	if err != nil {
		return "", fmt.Errorf("writing the template of the capacity reservation: %w", err)
	}
	return string(text), nil
}

// served are the workgroups that the capacity is for.
func (r *Capacity) served(all []string) []string {
	if len(r.Workgroups) == 0 {
		return all
	}
	return r.Workgroups
}

func (r *Capacity) problems(workgroups []string) problem.List {
	var wrong problem.List
	if r.DPUs < MinCapacityDPUs || r.DPUs%CapacityStepDPUs != 0 {
		wrong.Add("dpus", fmt.Sprintf("use %d or more, in steps of %d", MinCapacityDPUs, CapacityStepDPUs), "%d processing units", r.DPUs)
	}
	if len(r.served(workgroups)) == 0 {
		wrong.Add("workgroups", "add a workgroup, or leave capacity out", "there is no workgroup that it could serve")
	}
	for i, name := range r.Workgroups {
		if !slices.Contains(workgroups, name) {
			wrong.Add(problem.Index("workgroups", i), fmt.Sprintf("use some of %v", workgroups), "the catalog has no %q", name)
		}
	}
	return wrong
}

// Limits of saved queries: characters of a name, bytes of the SQL.
//
// Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html
const (
	maxQueryName = 128
	maxQuery     = 262144
)

func (q SavedQuery) problems() problem.List {
	var wrong problem.List
	if q.Name == "" || len(q.Name) > maxQueryName {
		wrong.Add("name", fmt.Sprintf("use 1 to %d characters", maxQueryName), "it has %d characters", len(q.Name))
	}
	if len(q.Description) > maxWorkgroupDescription {
		wrong.Add("description", fmt.Sprintf("use %d characters at most", maxWorkgroupDescription), "it has %d characters", len(q.Description))
	}
	if q.Database == "" {
		wrong.Add("database", "name the database that the query is about", "it is missing")
	}
	if q.Query == "" || len(q.Query) > maxQuery {
		wrong.Add("query", fmt.Sprintf("give SQL of %d bytes at most", maxQuery), "it has %d bytes", len(q.Query))
	}
	return wrong
}

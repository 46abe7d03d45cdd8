package awscloud

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// TypeStack is the type of CloudFormation stacks.
const TypeStack = "aws:cloudformation/stack:Stack"

var cloudFormationSpecs = map[string]Spec{
	TypeStack: {
		ID: func(r Request) string { return r.ARN("cloudformation", "stack/"+r.Text("name")+"/"+uuid(r, "id")) },
		Outputs: func(r Request) map[string]any {
			return map[string]any{"outputs": stackOutputs(r), "parameters": map[string]any{}}
		},
		Renewed: []string{"outputs"},
		Unique:  []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating CloudFormation Stack (%s): AlreadyExistsException: Stack [%s] already exists",
				r.Text("name"), r.Text("name"))
		},
	},
}

type template struct {
	Resources map[string]struct {
		Type string `json:"Type"`
	} `json:"Resources"`
	Outputs map[string]struct {
		Value json.RawMessage `json:"Value"`
	} `json:"Outputs"`
}

// parseTemplate reads a JSON template; of a YAML one nothing is known.
func parseTemplate(inputs resource.PropertyMap) template {
	var t template
	if err := json.Unmarshal([]byte(inventory.Text(inputs, "templateBody")), &t); err != nil {
		return template{}
	}
	return t
}

// stackOutputs answers as after a success: each output that refers to a wait condition's
// data gets what one successful signal leaves, a reference gets a made-up physical id.
func stackOutputs(r Request) map[string]any {
	t, out := parseTemplate(r.Inputs), map[string]any{}
	for name, o := range t.Outputs {
		out[name] = t.value(r, o.Value)
	}
	return out
}

func (t template) value(r Request, raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var call map[string]json.RawMessage
	if json.Unmarshal(raw, &call) != nil {
		return ""
	}
	if attribute, ok := call["Fn::GetAtt"]; ok {
		return t.attribute(attribute)
	}
	var logical string
	if json.Unmarshal(call["Ref"], &logical) != nil {
		return ""
	}
	switch {
	case logical == "AWS::StackName":
		return r.Text("name")
	case t.Resources[logical].Type == "AWS::CloudFormation::WaitConditionHandle":
		return fmt.Sprintf("https://cloudformation-waitcondition-%s.s3.%s/%s/%s", r.Region, r.DNSSuffix(), r.Text("name"), logical)
	}
	return inventory.Text(r.Inputs, "parameters."+logical)
}

// attribute gives a wait condition's Data the form that CloudFormation gives it: a JSON
// object from the signals' unique ids to their data.
func (t template) attribute(raw json.RawMessage) string {
	var path []string
	if json.Unmarshal(raw, &path) != nil {
		var dotted string
		if json.Unmarshal(raw, &dotted) != nil {
			return ""
		}
		path = strings.SplitN(dotted, ".", 2)
	}
	if len(path) == 2 && path[1] == "Data" && t.Resources[path[0]].Type == typeWaitCondition {
		return `{"simulated":"the host signalled success"}`
	}
	return ""
}

const typeWaitCondition = "AWS::CloudFormation::WaitCondition"

// WaitConditions lists the logical names of a stack's wait conditions.
func WaitConditions(inputs resource.PropertyMap) []string {
	var names []string
	for name, r := range parseTemplate(inputs).Resources {
		if r.Type == typeWaitCondition {
			names = append(names, name)
		}
	}
	return names
}

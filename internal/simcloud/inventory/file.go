package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

const formatVersion = 1

type document struct {
	Version   int              `json:"version"`
	Serial    int              `json:"serial"`
	Resources []storedResource `json:"resources"`
}

type storedResource struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	Scope   string          `json:"scope,omitempty"`
	Name    string          `json:"name"`
	URN     string          `json:"urn"`
	Serial  int             `json:"serial"`
	Inputs  json.RawMessage `json:"inputs"`
	Outputs json.RawMessage `json:"outputs"`
}

// Secrets keep their mark, so that a refresh reads them as secrets again. Their values
// are in the file in plain text, as the cloud itself knows them: hence the mode 0600.
var encoding = plugin.MarshalOptions{KeepSecrets: true, KeepResources: true}

// Save writes the inventory to a file, atomically: readers see the old or the new one.
func (v *Inventory) Save(path string) error {
	doc := document{Version: formatVersion, Serial: v.serial, Resources: []storedResource{}}
	for _, r := range v.All() {
		stored, err := encode(r)
		if err != nil {
			return fmt.Errorf("saving %s %q: %w", r.Type, r.ID, err)
		}
		doc.Resources = append(doc.Resources, stored)
	}
	data, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return fmt.Errorf("saving %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("saving the simulated cloud: %w", err)
	}
	next := path + ".next"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return fmt.Errorf("saving the simulated cloud: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("saving the simulated cloud: %w", err)
	}
	return nil
}

// Load reads an inventory from a file. A file that does not exist is an empty one.
func Load(path string) (*Inventory, error) {
	v := New()
	data, err := os.ReadFile(path) //nolint:gosec // the caller names the file
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the simulated cloud: %w", err)
	}
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("reading the simulated cloud from %s: %w", path, err)
	}
	if doc.Version != formatVersion {
		return nil, fmt.Errorf("%s has format version %d, want %d: remove the file to begin anew", path, doc.Version, formatVersion)
	}
	for _, stored := range doc.Resources {
		r, err := decode(stored)
		if err != nil {
			return nil, fmt.Errorf("reading %s %q from %s: %w", stored.Type, stored.ID, path, err)
		}
		v.resources[key{r.Type, r.Scope, r.ID}] = r
	}
	v.serial = doc.Serial
	return v, nil
}

func encode(r Resource) (storedResource, error) {
	inputs, err := encodeProperties(r.Inputs)
	if err != nil {
		return storedResource{}, err
	}
	outputs, err := encodeProperties(r.Outputs)
	return storedResource{
		Type: r.Type, ID: r.ID, Scope: r.Scope, Name: r.Name, URN: r.URN, Serial: r.Serial,
		Inputs: inputs, Outputs: outputs,
	}, err
}

func decode(s storedResource) (Resource, error) {
	inputs, err := decodeProperties(s.Inputs)
	if err != nil {
		return Resource{}, err
	}
	outputs, err := decodeProperties(s.Outputs)
	return Resource{
		Type: s.Type, ID: s.ID, Scope: s.Scope, Name: s.Name, URN: s.URN, Serial: s.Serial,
		Inputs: inputs, Outputs: outputs,
	}, err
}

func encodeProperties(props resource.PropertyMap) (json.RawMessage, error) {
	message, err := plugin.MarshalProperties(props, encoding)
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(message)
}

func decodeProperties(data json.RawMessage) (resource.PropertyMap, error) {
	var message structpb.Struct
	if err := protojson.Unmarshal(data, &message); err != nil {
		return nil, err
	}
	return plugin.UnmarshalProperties(&message, encoding)
}

package harness

import (
	"strings"
	"time"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// AnswerFunc answers an invoke (function call of a provider) or a method call. Its error is the provider's error.
type AnswerFunc = synth.AnswerFunc

// OutputsFunc computes further outputs of a resource; they are laid over its inputs and the default outputs.
type OutputsFunc = synth.OutputsFunc

// Option changes how a program is run and which checks follow.
type Option func(*settings)

type settings struct {
	project, stack string
	location       Location
	preview        bool
	mayRegister    bool
	timeout        time.Duration
	config         map[string]string
	configIn       map[string]map[string]string
	secretKeys     []string
	secretValues   []string
	requiredTags   map[string]string
	answers        map[string]AnswerFunc
	outputs        map[string][]OutputsFunc
	waivers        []waiver
}

type waiver struct {
	check  Check
	reason string
	names  []string
}

func newSettings(opts []Option) *settings {
	s := &settings{
		project: "project", stack: "test", location: Ireland(), timeout: synth.DefaultTimeout,
		config: map[string]string{}, configIn: map[string]map[string]string{}, requiredTags: map[string]string{},
		answers: map[string]AnswerFunc{}, outputs: map[string][]OutputsFunc{},
	}
	for _, opt := range opts {
		opt(s)
	}
	return s
}

// Project names the Pulumi project; the default is "project".
func Project(name string) Option { return func(s *settings) { s.project = name } }

// Stack names the Pulumi stack; the default is "test".
func Stack(name string) Option { return func(s *settings) { s.stack = name } }

// Config sets configuration. A key without a colon belongs to the project. Values of several options are merged.
func Config(values map[string]string) Option {
	return func(s *settings) {
		for key, value := range values {
			s.config[key] = value
		}
	}
}

// ConfigIn sets configuration for the executions in one partition only, over Config's: a stack's region, for example,
// or an ARN of something that exists.
func ConfigIn(partition string, values map[string]string) Option {
	return func(s *settings) {
		if s.configIn[partition] == nil {
			s.configIn[partition] = map[string]string{}
		}
		for key, value := range values {
			s.configIn[partition][key] = value
		}
	}
}

// Secrets marks keys of the configuration as secret.
func Secrets(keys ...string) Option {
	return func(s *settings) { s.secretKeys = append(s.secretKeys, keys...) }
}

// In places the run at a location; the default is Ireland.
func In(location Location) Option { return func(s *settings) { s.location = location } }

// Preview runs the program as `pulumi preview` of an empty stack does: whatever a resource computes is unknown, IDs
// included. The graph then shows what is known before anything exists.
func Preview() Option { return func(s *settings) { s.preview = true } }

// Timeout limits one execution of the program; the default is a minute.
func Timeout(limit time.Duration) Option { return func(s *settings) { s.timeout = limit } }

// Answer answers the invokes and method calls of a token, for example "aws:ec2/getAmi:getAmi", instead of the default answer.
func Answer(token string, answer AnswerFunc) Option {
	return func(s *settings) { s.answers[token] = answer }
}

// Outputs computes further outputs of all resources of a type.
func Outputs(typeToken string, outputs OutputsFunc) Option {
	return func(s *settings) { s.outputs[typeToken] = append(s.outputs[typeToken], outputs) }
}

// RequireTags makes every taggable AWS resource carry these tags. An empty value asks for the key only.
func RequireTags(tags map[string]string) Option {
	return func(s *settings) {
		for key, value := range tags {
			s.requiredTags[key] = value
		}
	}
}

// SecretValues names texts that must appear nowhere but in secret inputs and outputs. Take values that nothing else contains.
func SecretValues(values ...string) Option {
	return func(s *settings) { s.secretValues = append(s.secretValues, values...) }
}

// MayRegister lets a program that Fail runs register resources before it fails.
func MayRegister() Option { return func(s *settings) { s.mayRegister = true } }

// WithoutCheck waives a check, for everything or for the resources (CheckInvoke: the tokens) that are named. The reason
// must not be empty.
func WithoutCheck(check Check, reason string, names ...string) Option {
	return func(s *settings) { s.waivers = append(s.waivers, waiver{check, reason, names}) }
}

func (s *settings) configAt(location Location) map[string]string {
	config := map[string]string{"aws:region": location.Region, locationKey: asConfig(location)}
	for _, values := range []map[string]string{s.config, s.configIn[location.Partition]} {
		for key, value := range values {
			config[s.fullKey(key)] = value
		}
	}
	return config
}

func (s *settings) secretConfigKeys() []string {
	keys := make([]string, 0, len(s.secretKeys))
	for _, key := range s.secretKeys {
		keys = append(keys, s.fullKey(key))
	}
	return keys
}

func (s *settings) fullKey(key string) string {
	if strings.Contains(key, ":") {
		return key
	}
	return s.project + ":" + key
}

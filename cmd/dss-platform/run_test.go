package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallProgram is quick, has a secret output, reads a setting, and can be told to fail.
func smallProgram(ctx *pulumi.Context) error {
	source := config.New(ctx, "")
	if source.GetBool("fail") {
		return errors.New("told to fail")
	}
	bucket, err := s3.NewBucketV2(ctx, "lake", &s3.BucketV2Args{Tags: pulumi.StringMap{"setting": pulumi.String(source.Get("setting"))}})
	if err != nil {
		return err
	}
	password, err := ssm.NewParameter(ctx, "password", &ssm.ParameterArgs{
		Type: pulumi.String("SecureString"), Value: pulumi.ToSecret(pulumi.String("hunter2")).(pulumi.StringOutput),
	})
	if err != nil {
		return err
	}
	ctx.Export("bucket", bucket.Bucket)
	ctx.Export("password", password.Value)
	ctx.Export("setting", pulumi.String(source.Get("setting")))
	return nil
}

// platform runs command lines on the small program, in a folder with a configuration.
type platform struct{ config, local string }

func newPlatform(t *testing.T, config string) *platform {
	t.Helper()
	dir := t.TempDir()
	p := &platform{config: filepath.Join(dir, "Pulumi.dev.yaml"), local: filepath.Join(dir, "local")}
	require.NoError(t, os.WriteFile(p.config, []byte(config), 0o600))
	return p
}

func (p *platform) run(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	s, err := parse(append(args, "--config", p.config, "--local", p.local), io.Discard)
	require.NoError(t, err)
	var out, errOut bytes.Buffer
	err = carryOut(t.Context(), s, smallProgram, &out, &errOut)
	t.Logf("%v\n%s%s", args, &out, &errOut)
	return out.String(), err
}

func TestSimulatedFromUpToDestroy(t *testing.T) {
	p := newPlatform(t, "config:\n  aws:region: eu-west-1\n  pulumi-dss:setting: from the file\n")
	out, err := p.run(t, "up", "--simulate")
	require.NoError(t, err)
	assert.Contains(t, out, "aws:s3:BucketV2 lake created", "the engine's own progress")
	assert.Regexp(t, `(?m)^  bucket +lake-[0-9a-f]{7}$`, out)
	assert.Contains(t, out, "from the file")
	assert.NotContains(t, out, "hunter2")

	_, err = p.run(t, "preview", "--simulate", "--expect-no-changes")
	require.NoError(t, err)
	_, err = p.run(t, "refresh", "--simulate", "--expect-no-changes")
	require.NoError(t, err)

	out, err = p.run(t, "outputs", "--simulate", "--json")
	require.NoError(t, err)
	var values map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &values), "JSON is all there is on standard output")
	assert.Equal(t, mask, values["password"])
	out, err = p.run(t, "outputs", "--simulate", "--show-secrets")
	require.NoError(t, err)
	assert.Contains(t, out, "hunter2")

	require.NoError(t, os.WriteFile(p.config, []byte("config:\n  pulumi-dss:setting: changed\n"), 0o600))
	_, err = p.run(t, "preview", "--simulate", "--expect-no-changes")
	require.Error(t, err, "a tag changes")
	require.NoError(t, os.WriteFile(p.config, []byte("config:\n  pulumi-dss:fail: true\n"), 0o600))
	_, err = p.run(t, "up", "--simulate")
	require.Error(t, err)

	_, err = p.run(t, "destroy", "--simulate")
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(p.local, "dev", "cloud.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(data), "lake-")
}

func TestCommandLines(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"nothing":           {nil, exitUsage, "no command"},
		"help":              {[]string{"--help"}, exitOK, "Usage: dss-platform"},
		"help of a command": {[]string{"up", "--help"}, exitOK, "-expect-no-changes"},
		"unknown command":   {[]string{"deploy"}, exitUsage, `command "deploy": must be one of`},
		"unknown flag":      {[]string{"up", "--nonsense"}, exitUsage, "nonsense"},
		"argument":          {[]string{"up", "now"}, exitUsage, "no arguments are taken"},
		"name of the file":  {[]string{"up", "--config", "dev.yaml"}, exitUsage, "give --stack"},
		"latency of AWS":    {[]string{"up", "--latency", "1"}, exitUsage, "needs --simulate"},
		"missing file":      {[]string{"up", "--simulate", "--config", "Pulumi.nowhere.yaml"}, exitFailed, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			assert.Equal(t, test.code, run(t.Context(), test.args, &out, &errOut))
			assert.Contains(t, errOut.String(), test.want)
		})
	}
}

func TestRealAccountsAreNotChangedWithoutYes(t *testing.T) {
	for _, test := range []struct {
		s                settings
		confirmed, looks bool
	}{
		{settings{}, false, true},
		{settings{skipPreview: true}, false, true},
		{settings{yes: true}, true, true},
		{settings{yes: true, skipPreview: true}, true, false},
		{settings{simulate: true}, true, false},
	} {
		s := session{settings: test.s}
		assert.Equal(t, test.confirmed, s.confirmed(), "%+v", test.s)
		assert.Equal(t, test.looks, s.looksFirst(), "%+v", test.s)
	}
	var out bytes.Buffer
	require.ErrorIs(t, refresh(t.Context(), &session{out: &out, err: &out}), errNotConfirmed)
}

func TestSaltOfTheEngineIsKept(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.yaml"), filepath.Join(dir, "to.yaml")
	require.NoError(t, os.WriteFile(from, []byte("config:\n  a:b: c\n"), 0o600))
	require.NoError(t, os.WriteFile(to, []byte("encryptionsalt: v1:x\nconfig:\n  old:key: d\n"), 0o600))
	require.NoError(t, copyConfig(from, to))
	data, err := os.ReadFile(to)
	require.NoError(t, err)
	assert.YAMLEq(t, "encryptionsalt: v1:x\nconfig:\n  a:b: c\n", string(data))
}

func TestRealStacksNeedTheirFolder(t *testing.T) {
	dir := t.TempDir()
	_, err := openReal(t.Context(), settings{config: filepath.Join(dir, "Pulumi.dev.yaml"), stack: "prod"}, smallProgram, nil)
	require.ErrorContains(t, err, "Pulumi.prod.yaml")
	_, err = openReal(t.Context(), settings{config: filepath.Join(dir, "Pulumi.dev.yaml"), stack: "org/dev"}, smallProgram, nil)
	require.ErrorContains(t, err, "no Pulumi.yaml beside it")
}

func TestOutputsOfEveryKind(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, printOutputs(&session{out: &out}, auto.OutputMap{
		"a": {Value: "text"}, "list": {Value: []any{"x", 1}}, "secret": {Value: "s", Secret: true},
	}))
	assert.Equal(t, "Outputs:\n  a       text\n  list    [\"x\",1]\n  secret  [secret]\n", out.String())
}

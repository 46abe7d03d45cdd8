// Command site writes stand-ins for what a host downloads, so that a laboratory without a network can serve them:
//
//	go run ./tests/e2e/site FOLDER
//
// FOLDER gets files at HOST/PATH, as their URLs say. On standard output comes the list of tools (`[]host.Tool` as JSON), with the
// checksums of the stand-ins, to be put into the stack's config.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: site FOLDER")
		os.Exit(2)
	}
	tools, err := write(os.Args[1])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(tools)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

// write puts a stand-in where each default tool's URL points, and returns the tools with the stand-ins' checksums.
func write(folder string) ([]host.Tool, error) {
	tools := host.DefaultTools()
	for i, tool := range tools {
		content, err := standIn(tool)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tool.Name, err)
		}
		address, err := url.Parse(tool.URL)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tool.Name, err)
		}
		target := filepath.Join(folder, address.Host, filepath.FromSlash(address.Path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil { //nolint:gosec // public, for whatever serves it
			return nil, err
		}
		if err := os.WriteFile(target, content, 0o644); err != nil { //nolint:gosec // public, for whatever serves it
			return nil, err
		}
		tools[i].SHA256 = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	return tools, nil
}

// standIn is the content of what a tool's URL leads to.
func standIn(tool host.Tool) ([]byte, error) {
	switch tool.Format {
	case host.FormatTarGz:
		return tarGz(tool.Member, program(tool))
	case host.FormatInstaller:
		return zipped(tool.Member, installer(tool))
	default:
		return []byte(program(tool)), nil
	}
}

// program says its version as the real one does, and otherwise only that it was called; the authenticator has the AWS CLI make a token.
func program(tool host.Tool) string {
	said := map[string]string{
		host.KubectlName:       "Client Version: v" + tool.Version,
		host.EksctlName:        tool.Version,
		host.AuthenticatorName: `{"Version":"` + tool.Version + `","Commit":"0000000"}`,
	}[tool.Name]
	answer := ""
	if tool.Name == host.AuthenticatorName {
		answer = "token) exec aws eks get-token --cluster-name \"$3\" ;;\n"
	}
	return "#!/bin/sh\ncase $1 in\nversion) echo '" + said + "' ;;\n" + answer + "*) echo \"" + tool.Name + " (stand-in): $*\" ;;\nesac\n"
}

// installer puts a command in place that says the version, and leaves everything else to the laboratory's own AWS CLI.
func installer(tool host.Tool) string {
	return `#!/bin/sh
set -e
bin=/usr/local/bin
while [ $# -gt 0 ]; do
  case $1 in
  -b | --bin-dir) bin=$2; shift ;;
  esac
  shift
done
mkdir -p "$bin"
cat >"$bin/.aws.new" <<'END'
#!/bin/sh
if [ "$1" = --version ]; then
  echo 'aws-cli/` + tool.Version + ` Python/3.13.0 Linux/5.14.0 exe/x86_64.almalinux.9'
  exit
fi
exec /usr/lib/lab/provided/aws "$@"
END
chmod 755 "$bin/.aws.new"
mv "$bin/.aws.new" "$bin/aws"
`
}

func tarGz(name, content string) ([]byte, error) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	packed := tar.NewWriter(compressed)
	if err := packed.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
		return nil, err
	}
	if _, err := packed.Write([]byte(content)); err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	if err := compressed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func zipped(name, content string) ([]byte, error) {
	var out bytes.Buffer
	packed := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	header.SetMode(fs.FileMode(0o755))
	file, err := packed.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write([]byte(content)); err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

#!/bin/bash
# Makes a DSS start with its host: stands in for the vendor's script.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
etc=${FAKEDSS_ETC:-/etc}

die() { printf '[-] %s\n' "$*" >&2; exit 1; }

words=("$@")
name=dataiku
if [[ ${1:-} == -n ]]; then
  [[ -n ${2:-} ]] || die "-n needs a name"
  name=dataiku.$2
  shift 2
fi
[[ $# -eq 2 ]] || die "usage: install-boot.sh [-n NAME] DATADIR USER"
datadir=${1%/} user=$2
[[ $(id -u) == 0 ]] || die "install-boot.sh must be run as root"
"$here/../fault" install-boot "${words[@]}"
[[ -f $datadir/install.ini ]] || die "$datadir is no DSS data directory"
id "$user" >/dev/null 2>&1 || die "no such user: $user"
ident=$(sed -n 's/^installid *= *//p' "$datadir/install.ini")

mkdir -p "$etc/dataiku/$ident" "$etc/systemd/system"
cat >"$etc/dataiku/$ident/dataiku-boot.conf" <<EOF
# Read when DSS is started with its host.
DSS_DATADIR="$datadir"
DSS_USER="$user"
EOF
cat >"$etc/dataiku/$ident/dataiku-boot" <<'EOF'
#!/bin/bash
# Makes the control groups that the configuration beside names; the DSS user owns them.
. "$(dirname "$0")/dataiku-boot.conf"
root=${DSS_CGROUP_ROOT:-/sys/fs/cgroup}
for path in ${DSS_CGROUPS:+${DSS_CGROUPS//:/ }}; do
  mkdir -p "$root/$path" || exit 0
  for controller in ${DSS_CGROUP_CONTROLLERS:-}; do
    echo "+$controller" >"$root/cgroup.subtree_control" || true
  done 2>/dev/null
  chown -R "$DSS_USER" "$root/$path"
done
EOF
chmod 755 "$etc/dataiku/$ident/dataiku-boot"
cat >"$etc/systemd/system/$name.service" <<EOF
[Unit]
Description=Dataiku DSS
After=network-online.target docker.service
Wants=network-online.target

[Service]
Type=forking
User=$user
PIDFile=$datadir/run/backend.pid
LimitNOFILE=65536
LimitNPROC=65536
ExecStartPre=+$etc/dataiku/$ident/dataiku-boot
ExecStart=$datadir/bin/dss start
ExecStop=$datadir/bin/dss stop
TimeoutSec=600

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable "$name.service"
"$here/../fault" install-boot-end

#!/bin/bash
set -e
umask 022
mkdir -p /etc/dss-platform /usr/local/sbin
cat >/etc/dss-platform/boot.conf <<'DSS_PLATFORM_END'
region='eu-west-1'
stack='dss-prod-host'
volume='vol-0123456789abcdef0'
device_name='/dev/sdf'
mount_point='/data'
agent_url='https://s3.eu-west-1.amazonaws.com/amazon-ssm-eu-west-1/latest/linux_amd64/amazon-ssm-agent.rpm'
agent_sha256=''
cli_version='2.36.15'
cli_url='https://awscli.amazonaws.com/awscli-exe-linux-x86_64-2.36.15.zip'
cli_sha256='02a8eb2fe985be8ebcc284aaa5bae206ee8668872d6369e66a5c7d49d8671a08'
DSS_PLATFORM_END
cat >/usr/local/sbin/dss-platform-signal <<'DSS_PLATFORM_END'
#!/bin/bash
# Tells the newest wait condition of the stack that the host failed:
#   dss-platform-signal MESSAGE
# For failures before the reconciler runs, which tells its own. A handle is told once.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/dss-platform/boot.conf
: "${region:?}" "${stack?}"
answered=/var/lib/dss-platform/answered
message=${1:?message}
message=${message//[^A-Za-z0-9 .,:;_\/=()+-]/ }
message=${message:0:256}
[[ -n $stack ]] || exit 0
export PATH=/usr/local/bin:$PATH

# The stack is made, or updated, while the host is at work.
handles="StackResources[?ResourceType=='AWS::CloudFormation::WaitConditionHandle' && !starts_with(ResourceStatus, 'DELETE')]"
newest() {
  aws cloudformation describe-stack-resources --region "$region" --stack-name "$stack" --output text \
    --query "sort_by($handles, &Timestamp)[-1].PhysicalResourceId"
}
url=
for _ in {1..60}; do
  url=$(newest 2>/dev/null) || url=
  [[ $url == http* ]] && break
  sleep 5
done
if [[ $url != http* ]]; then
  echo "stack $stack has no wait condition handle: nobody is told" >&2
  exit 1
fi
# Whoever knows the address can answer for the host, and everybody on the host can read command lines.
if grep -qxF -f - "$answered" <<<"$url" 2>/dev/null; then exit 0; fi
body="{\"Status\": \"FAILURE\", \"Reason\": \"$message\", \"UniqueId\": \"boot\", \"Data\": \"\"}"
# The address is signed for a request without a content type.
printf 'url = "%s"\ndata-binary = "%s"\n' "$url" "${body//\"/\\\"}" |
  curl -fsS --retry 5 --retry-connrefused -X PUT -H 'Content-Type:' -K -
(umask 077 && printf '%s\n' "$url" >>"$answered")
DSS_PLATFORM_END
cat >/usr/local/sbin/dss-platform-boot <<'DSS_PLATFORM_END'
#!/bin/bash
# Makes a fresh instance reachable for what configures it: AWS CLI, data volume, and at last the SSM agent, so that no
# document runs before the volume is mounted. Safe to run at every start, and after having been killed.
set -Eeuo pipefail
# shellcheck source=/dev/null
. "${DSS_PLATFORM_CONF:-/etc/dss-platform/boot.conf}"
: "${region:?}" "${stack?}" "${volume:?}" "${mount_point:?}" "${device_name?}" "${agent_url:?}" "${agent_sha256?}"
: "${cli_url:?}" "${cli_sha256:?}" "${cli_version:?}"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
state=/var/lib/dss-platform
device='' fresh='' scratch='' why=''

fail() {
  why=$1
  exit 1
}
ended() {
  local code=$?
  rm -rf "${scratch:?}"
  ((code == 0)) && return
  why=${why:-the boot ended unexpectedly: see journalctl -u dss-platform-boot on the host}
  echo "dss-platform-boot: $why" >&2
  # It waits for a stack that may never come; the next try shall not wait for it.
  timeout 330 /bin/bash /usr/local/sbin/dss-platform-signal "boot: $why" || true
}
# Mirrors and networks have bad moments, most of all on a machine that has just started.
persist() {
  local attempt
  for attempt in 1 2 3 4 5; do
    "$@" && return
    sleep $((attempt * 5))
  done
  return 1
}
download() {
  persist curl -fsSL --retry 3 --connect-timeout 15 -o "$2" "$1" || fail "cannot download $1; see the route, the proxy or the mirror"
  if [[ -n $3 ]] && ! echo "$3  $2" | sha256sum --check --status; then
    fail "$1 has another SHA-256 than the wanted $3"
  fi
}
need() {
  rpm -q --quiet "$@" || persist dnf install -y "$@" || fail "cannot install $*; see whether the host reaches its package mirrors"
}

install_cli() {
  if [[ $(aws --version 2>/dev/null) == aws-cli/"$cli_version"[[:space:]]* ]]; then return; fi
  need unzip
  download "$cli_url" "$scratch/cli.zip" "$cli_sha256"
  unzip -q -o "$scratch/cli.zip" -d "$scratch"
  "$scratch/aws/install" --update --install-dir /usr/local/aws-cli --bin-dir /usr/local/bin
}

# The reconciler needs Python 3.9. Release 9 has it; release 8 has 3.6.
install_python() {
  local candidate
  for candidate in python3.12 python3.11 python3.9 python3; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null && return
  done
  need python3.11
}

# The device of the volume, by its id: names by slot belong to whichever disk came first.
find_device() {
  local id=${volume//-/} path
  for path in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$id" "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${id}_1"; do
    if [[ -b $path ]]; then
      readlink -f "$path"
      return
    fi
  done
  for path in /sys/block/nvme*; do
    if [[ $(tr -d ' -' <"$path/device/serial" 2>/dev/null) == "$id" ]]; then
      echo "/dev/${path##*/}"
      return
    fi
  done
  # Instances without NVMe show the disk under the name that it was attached with. Others never do.
  if [[ -n $device_name && ! -e /sys/block/nvme0n1 ]]; then
    for path in "$device_name" "${device_name/#\/dev\/sd//dev/xvd}"; do
      if [[ -b $path ]]; then
        readlink -f "$path"
        return
      fi
    done
  fi
  return 1
}
await_device() {
  local attempt
  for ((attempt = 0; attempt < 300; attempt++)); do
    if device=$(find_device); then return; fi
    sleep 2
  done
  fail "no device of $volume after 10 minutes; see whether the volume is attached to this instance"
}

# Makes a file system on a blank disk only. A mark tells a disk that was being formatted from one that has data.
format() {
  local mark=$state/formatting-$volume facts code=0 kind
  facts=$(blkid -p -o export "$device") || code=$?
  kind=$(sed -n 's/^TYPE=//p' <<<"$facts")
  if [[ -e $mark ]]; then
    mkfs.xfs -q -f "$device"
  elif ((code == 2)) && [[ -z $facts ]]; then
    touch "$mark"
    sync
    mkfs.xfs -q "$device"
  elif [[ $kind == xfs ]]; then
    return
  else
    kind=${kind:-$(sed -n 's/^PTTYPE=//p' <<<"$facts")}
    fail "$volume holds ${kind:-something} and not XFS, and is left as it is; attach a blank volume or one of DSS"
  fi
  sync
  rm -f "$mark"
  fresh=yes
}
mount_volume() {
  local uuid line
  if ! mountpoint -q "$mount_point"; then
    await_device
    format
    uuid=$(blkid -p -s UUID -o value "$device")
    line="UUID=$uuid $mount_point xfs defaults,nofail,x-systemd.device-timeout=60 0 2"
    if ! grep -qxF -- "$line" /etc/fstab; then
      awk -v folder="$mount_point" '/^[[:space:]]*#/ || $2 != folder' /etc/fstab >/etc/fstab.dss
      printf '%s\n' "$line" >>/etc/fstab.dss
      chmod 644 /etc/fstab.dss
      mv -f /etc/fstab.dss /etc/fstab
      systemctl daemon-reload
    fi
    mkdir -p "$mount_point"
    mountpoint -q "$mount_point" || mount "$mount_point" || fail "cannot mount $volume on $mount_point; see dmesg on the host"
    if [[ -n $fresh ]] && command -v restorecon >/dev/null; then restorecon "$mount_point" || true; fi
  fi
  # The volume may have been made larger while the instance was down.
  xfs_growfs "$mount_point" >/dev/null
}

install_agent() {
  local unit
  # At later starts systemd mounts the volume, and has the agent wait for it.
  unit=$(systemd-escape --path --suffix=mount "$mount_point")
  mkdir -p /etc/systemd/system/amazon-ssm-agent.service.d
  printf '[Unit]\nAfter=%s\n' "$unit" >/etc/systemd/system/amazon-ssm-agent.service.d/10-dss-platform.conf
  if ! rpm -q --quiet amazon-ssm-agent; then
    download "$agent_url" "$scratch/amazon-ssm-agent.rpm" "$agent_sha256"
    persist dnf install -y "$scratch/amazon-ssm-agent.rpm" || fail "cannot install $agent_url"
  fi
  systemctl daemon-reload
  systemctl enable --now amazon-ssm-agent.service
}

# Tests read the functions only.
[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0
scratch=$(mktemp -d /var/tmp/dss-platform.XXXXXX)
trap ended EXIT
trap 'why=${why:-line $LINENO of the boot failed: $BASH_COMMAND}' ERR
mkdir -p "$state"
install_cli
mount_volume
install_python
install_agent
echo "dss-platform-boot: $volume is on $mount_point, the agent runs"
DSS_PLATFORM_END
chmod 755 /usr/local/sbin/dss-platform-*
# The part of the user data that puts the boot in place, and starts it. The boot then runs at every start of the
# instance, and again after a failure, until the host is ready for its agent.
set -euo pipefail
umask 022
install -d -m 755 /etc/dss-platform /var/lib/dss-platform
restore() { if command -v restorecon >/dev/null; then restorecon "$@" || true; fi; }
restore -R /etc/dss-platform /usr/local/sbin

# A simple service: the systemd of release 8 does not restart others. The console shows what it says, also without an agent.
cat >/etc/systemd/system/dss-platform-boot.service <<'UNIT'
[Unit]
Description=Mounts the DSS data volume and starts the SSM agent
After=network-online.target local-fs.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=/bin/bash /usr/local/sbin/dss-platform-boot
Restart=on-failure
RestartSec=20
StandardOutput=journal+console
StandardError=inherit

[Install]
WantedBy=multi-user.target
UNIT

# Takes up a configuration that failed or was killed: it looks for a deployment that waits, and only then runs anew. The
# document starts the timer, and a run that has succeeded and was heard stops it.
cat >/etc/systemd/system/dss-platform-retry.service <<'UNIT'
[Unit]
Description=Configures the host again when a deployment waits for it
After=network-online.target
Wants=network-online.target
ConditionPathExists=/opt/dss-platform/reconcile

[Service]
Type=oneshot
ExecStart=/bin/sh /opt/dss-platform/reconcile retry
UNIT
cat >/etc/systemd/system/dss-platform-retry.timer <<'UNIT'
[Unit]
Description=Looks for a deployment that waits for the host

[Timer]
OnActiveSec=15
OnUnitInactiveSec=15
AccuracySec=1

[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
systemctl enable dss-platform-boot.service
systemctl start --no-block dss-platform-boot.service

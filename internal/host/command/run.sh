#!/bin/sh
# Gets a revision of the reconciler and of the desired state, compares their hash with the revision, and runs it.
# The agent runs this with sh, as root. A copy stays on the host, for the timer that takes up what failed or was killed.
set -eu
verb=${1:-run}
bucket='{{ bucket }}'
prefix='{{ prefix }}'
revision='{{ revision }}'
stack='{{ stack }}'
region='{{ region }}'
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

base=/opt/dss-platform
folder=$base/$revision
fail() {
  echo "dss-platform: $1" >&2
  # Without the reconciler nobody else tells the deployment.
  /bin/bash /usr/local/sbin/dss-platform-signal "step download: $1" || true
  exit 1
}
# The revision is the SHA-256 of this list.
hash_of() { (cd "$1" && sha256sum reconciler.pyz desired.json 2>/dev/null | sha256sum | cut -d' ' -f1); }

mkdir -p "$base"
if [ "$verb" = run ] && [ -n "$stack" ]; then
  cp "$0" "$base/.reconcile"
  chmod 700 "$base/.reconcile"
  mv -f "$base/.reconcile" "$base/reconcile"
  systemctl enable --now --quiet dss-platform-retry.timer
fi
# What a killed run has left.
find "$base" -maxdepth 1 -name '.incoming.*' -mmin +120 -exec rm -rf {} +
if [ "$(hash_of "$folder" 2>/dev/null || true)" != "$revision" ]; then
  incoming=$(mktemp -d "$base/.incoming.XXXXXX")
  trap 'rm -rf "$incoming"' EXIT
  for file in reconciler.pyz desired.json; do
    aws s3 cp --only-show-errors --region "$region" "s3://$bucket/$prefix/$revision/$file" "$incoming/$file" ||
      fail "cannot read s3://$bucket/$prefix/$revision/$file; see the role's permissions and the bucket"
  done
  found=$(hash_of "$incoming")
  [ "$found" = "$revision" ] || fail "s3://$bucket/$prefix/$revision has the hash $found; upload it again"
  rm -rf "$folder"
  # The reconciler runs as the DSS user, too; the desired state tells a host's other users too much about it.
  chmod 600 "$incoming/desired.json"
  chmod 755 "$incoming"
  mv "$incoming" "$folder"
  trap - EXIT
fi
# Those that were written when they were still readable.
find "$base" -maxdepth 2 -name desired.json -exec chmod 600 {} +
ln -sfn "$folder" "$base/current"

for python in python3.12 python3.11 python3.9 python3; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    python=$(command -v "$python")
    set -- "$verb" --desired "$folder/desired.json" --revision "$revision" --region "$region"
    [ -z "$stack" ] || set -- "$@" --stack "$stack"
    exec "$python" "$folder/reconciler.pyz" "$@"
  fi
done
fail "no Python of 3.9 or later; see journalctl -u dss-platform-boot on the host"

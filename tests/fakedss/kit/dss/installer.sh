#!/bin/bash
# Installs into a data directory, or upgrades it: stands in for the vendor's installer, with its refusals and prompts.
set -euo pipefail

INSTALL_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
MARKER=DSS-INITIAL-INSTALL-IN-PROGRESS.txt

usage() {
  cat >&2 <<EOF
Usage:
  installer.sh -d DATADIR -p PORT [-l LICENSE_FILE] [-t NODE_TYPE] [-s SIZE] [-P PYTHON] [-n] [-y]
  installer.sh -u -d DATADIR [-P PYTHON] [-n] [-y]
EOF
  exit 1
}

die() { printf '[-] %s\n' "$*" >&2; exit 1; }
say() { printf '[+] %s\n' "$*"; }

# Waits for Enter. Where nobody can press it, the installation ends.
prompt() {
  printf '[!] %s\n' "$1" >&2
  [[ -z $yes ]] || return 0
  printf '    Press Enter to continue, Ctrl+C to abort: ' >&2
  read -r _ || die "aborted"
}

product_version() { sed -n 's/.*"product_version" *: *"\([^"]*\)".*/\1/p' "$1/dss-version.json"; }

# Whether the first version is lower than the second.
lower() { [[ $1 != "$2" && $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

check_place() {
  case "$DATADIR/" in "$INSTALL_DIR"/*) die "DATADIR $DATADIR must not be inside of the installation directory" ;; esac
  if [[ -f $DATADIR/$MARKER ]]; then
    local away
    away="$DATADIR.failed-install.$(date +%Y%m%d%H%M%S).$$"
    say "A former installation did not end: moving $DATADIR to $away"
    mv "$DATADIR" "$away"
  fi
  if [[ -e $DATADIR ]] && [[ -n $(ls -A "$DATADIR") ]]; then
    die "$DATADIR is not empty: refusing to install there"
  fi
}

check_upgrade() {
  [[ -z $port ]] || die "-p cannot be used with -u"
  [[ -z $license ]] || die "-l cannot be used with -u"
  [[ -f $DATADIR/dss-version.json && -f $DATADIR/install.ini ]] || die "$DATADIR is no DSS data directory"
  local installed
  installed=$(product_version "$DATADIR")
  lower "$(product_version "$INSTALL_DIR")" "$installed" && die "cannot downgrade from $installed"
  if "$DATADIR/bin/dss" status >/dev/null 2>&1; then
    prompt "An instance of DSS runs in $DATADIR"
    die "DSS is running: stop it before the upgrade"
  fi
}

check_dependencies() {
  [[ -z $nocheck ]] || return 0
  local java=java
  [[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java
  command -v "$java" >/dev/null || die "could not find suitable version of Java: run install-deps.sh"
  if command -v rpm >/dev/null && command -v dnf >/dev/null; then
    "$INSTALL_DIR/scripts/install/install-deps.sh" -check ${JAVA_HOME:+-without-java} >/dev/null ||
      die "dependencies are missing: run install-deps.sh"
  fi
}

check_python() {
  python=${python:-python3}
  command -v "$python" >/dev/null || die "could not find $python"
  "$python" -c 'import sys; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 11))' ||
    die "$python is no supported Python: 3.9, 3.10 and 3.11 are"
  python=$(command -v "$python")
}

words=("$@")
port="" license="" node=design python="" yes="" upgrade="" nocheck="" DATADIR=""
while getopts "d:p:l:t:s:P:nyuh" option; do
  case $option in
    d) DATADIR=$OPTARG ;;
    p) port=$OPTARG ;;
    l) license=$OPTARG ;;
    t) node=$OPTARG ;;
    s) ;;
    P) python=$OPTARG ;;
    n) nocheck=1 ;;
    y) yes=1 ;;
    u) upgrade=1 ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[[ $# -eq 0 && -n $DATADIR ]] || usage
case $DATADIR in /*) ;; *) DATADIR=$PWD/$DATADIR ;; esac
DATADIR=${DATADIR%/}

[[ $(id -u) != 0 ]] || die "Installing or running DSS as root is not supported"
"$INSTALL_DIR/scripts/fault" installer "${words[@]}"
case $node in design | automation | deployer | api | govern) ;; *) die "unknown node type: $node" ;; esac
check_dependencies
check_python
if [[ $(getenforce 2>/dev/null || true) == Enforcing ]]; then
  prompt "SELinux is in enforcing mode: DSS may not start"
fi

if [[ -n $upgrade ]]; then
  check_upgrade
  say "Upgrading $DATADIR to $(product_version "$INSTALL_DIR")"
else
  [[ $port =~ ^[0-9]+$ ]] || usage
  [[ -z $license || -f $license ]] || die "License file not found: $license"
  check_place
  say "Installing DSS $(product_version "$INSTALL_DIR") in $DATADIR"
  mkdir -p "$DATADIR"
  echo "An installation is in progress, or died." >"$DATADIR/$MARKER"
fi
"$INSTALL_DIR/scripts/fault" installer-middle
"$python" "$INSTALL_DIR/scripts/admin/layout.py" "$DATADIR" "$INSTALL_DIR" "$python" "$node" "$port" "$license"
"$INSTALL_DIR/scripts/fault" installer-end
rm -f "$DATADIR/$MARKER"
say "Done. Start DSS with: $DATADIR/bin/dss start"

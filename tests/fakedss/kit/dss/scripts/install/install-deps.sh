#!/bin/bash
# Installs the packages that DSS needs on hosts of the RHEL family: stands in for the vendor's script.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

die() { printf '[-] %s\n' "$*" >&2; exit 1; }

yes="" with_r="" java=1 python=1 check=""
for word in "$@"; do
  case $word in
    -yes) yes=1 ;;
    -check) check=1 ;;
    -with-r) with_r=1 ;;
    -with-chrome) ;;
    -without-java) java="" ;;
    -without-python) python="" ;;
    *) die "usage: install-deps.sh [-check | -yes] [-with-r] [-with-chrome] [-without-java] [-without-python]" ;;
  esac
done
command -v dnf >/dev/null || die "this distribution is not supported: no dnf"

packages=(acl expat git nginx unzip zip freetype libgfortran libgomp policycoreutils policycoreutils-python-utils
  fontconfig dejavu-sans-fonts glibc-langpack-en procps-ng)
[[ -z $java ]] || packages+=(java-17-openjdk-headless)
[[ -z $python ]] || packages+=(python3)
[[ -z $with_r ]] || packages+=(R-core-devel libicu-devel libcurl-devel openssl-devel libxml2-devel)

if [[ -n $check ]]; then
  missing=()
  for package in "${packages[@]}"; do
    rpm -q "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  ((${#missing[@]} == 0)) || die "missing packages: ${missing[*]}"
  exit 0
fi

[[ $(id -u) == 0 ]] || die "install-deps.sh must be run as root"
"$here/../fault" install-deps "$@"
if [[ -z $yes ]]; then
  printf '[?] Install %s? [y/N] ' "${packages[*]}" >&2
  read -r answer || die "aborted"
  [[ $answer == [yY]* ]] || die "aborted"
fi
if [[ -n $with_r ]]; then
  dnf -y install epel-release
  dnf config-manager --set-enabled crb
fi
dnf -y install "${packages[@]}"
# On emulated hosts docker is a stand-in that has no daemon: what the group may do by the socket, it does in the folder.
if [[ -d /usr/lib/lab && -d /var/lib/docker ]] && getent group docker >/dev/null; then
  chgrp docker /var/lib/docker
  chmod g+ws /var/lib/docker
fi
"$here/../fault" install-deps-end

#!/usr/bin/env bash
# Installs the servers that the tests of this folder run. Debian 12, as root.
#
# Nothing is started: a policy-rc.d stands in the way for as long as this runs,
# and the tests start their own copies with their own configuration.
#
# Postfix is installed, because it needs its users and its set-gid commands.
# Exim, OpenSMTPD and sendmail cannot be installed beside it (each provides
# mail-transport-agent), so they are unpacked into the folder below and run from
# there. So is ClamAV, which would want to download its signatures: the tests have
# one of their own. The tests look for them in that folder: server/folder.go.
set -euo pipefail

readonly tree=/var/cache/mx_exporter/realservers
readonly policy=/usr/sbin/policy-rc.d
readonly installed=(postfix postgrey unbound nsd rbldnsd ldnsutils prometheus prometheus-alertmanager ca-certificates perl chromium chromium-driver
  nginx-light fonts-dejavu-core m4 libnss-wrapper dovecot-core dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-sieve)
readonly unpacked=(exim4-daemon-light opensmtpd sendmail-bin sendmail-cf libsisimai-perl libclass-accessor-lite-perl libjson-perl
  clamav-daemon clamav-milter altermime)
# The shared libraries that the unpacked programs ask for.
readonly libraries=(libcrypt1 libdb5.3 libevent-2.1-7 libgnutls-dane0 libgnutls30 libidn12 libidn2-0 libldap-2.5-0
  liblockfile1 libmilter1.0.1 libnsl2 libpam0g libpcre2-8-0 libsasl2-2 libssl3 libwrap0 zlib1g)

export DEBIAN_FRONTEND=noninteractive

die() {
  echo "install.sh: $*" >&2
  exit 1
}

forbid_starting() {
  [ -e "$policy" ] && return
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
}

install_packages() {
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  apt-get update -q
  local clamav # the library of ClamAV is named after its version
  clamav=$(apt-cache depends clamav-daemon | awk '$1 == "Depends:" && $2 ~ /^libclamav/ {print $2}')
  [ -n "$clamav" ] || die "apt knows no package clamav-daemon; are bookworm's sources configured?"
  apt-get install -q -y --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "${installed[@]}" "${libraries[@]}" "$clamav"
}

# unpack PACKAGE puts its files under $tree/PACKAGE; a version that is already there is left alone.
unpack() {
  local package=$1 version stamp
  version=$(apt-cache policy "$package" | awk '$1 == "Candidate:" {print $2}')
  [ -n "$version" ] && [ "$version" != '(none)' ] || die "apt knows no package $package; are bookworm's sources configured?"
  stamp=$tree/$package.version
  if [ "$(cat "$stamp" 2>/dev/null)" = "$version" ]; then
    echo "$package $version is already unpacked"
    return
  fi
  rm -rf "${tree:?}/$package" "$stamp"
  mkdir -p "$tree/download"
  (cd "$tree/download" && apt-get download -q -o APT::Sandbox::User=root "$package=$version")
  dpkg -x "$tree"/download/"$package"_*.deb "$tree/$package"
  rm -rf "$tree/download"
  echo "$version" >"$stamp"
  echo "unpacked $package $version"
}

# user NAME: the account without a password or a shell that a daemon drops to.
user() {
  getent passwd "$1" >/dev/null ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$1"
}

check_libraries() {
  local program missing
  for program in "$tree/exim4-daemon-light/usr/sbin/exim4" "$tree/opensmtpd/usr/sbin/smtpd" \
    "$tree/sendmail-bin/usr/libexec/sendmail/sendmail" "$tree/clamav-daemon/usr/sbin/clamd" "$tree/clamav-milter/usr/sbin/clamav-milter"; do
    [ -x "$program" ] || die "$program is not there after unpacking"
    missing=$(ldd "$program" | awk '/not found/ {print $1}')
    [ -z "$missing" ] || die "$program lacks $missing; add its package to the libraries of this script"
  done
}

main() {
  [ "$(id -u)" = 0 ] || die "must run as root, because it installs packages and makes accounts"
  command -v apt-get >/dev/null || die "needs apt-get; the tests are made for Debian 12"
  forbid_starting
  install_packages
  mkdir -p "$tree"
  local package
  for package in "${unpacked[@]}"; do unpack "$package"; done
  user Debian-exim  # compiled into Debian's Exim
  user opensmtpd    # compiled into OpenSMTPD
  user opensmtpq
  # Set-gid, it would take no library from the tests, which tell it its name by one.
  chmod 755 "$tree/sendmail-bin/usr/libexec/sendmail/sendmail"
  check_libraries
}

main "$@"

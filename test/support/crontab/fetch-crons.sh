#!/bin/sh
# fetch-crons.sh: unpacks Debian's packages of other crons, which cannot be installed next to cron, for the
# tests that run them. These look in node_modules/.cache/crons, or in LAJU_CRONS.
set -eu
target=${LAJU_CRONS:-$(dirname "$0")/../../../node_modules/.cache/crons}
mkdir -p "$target"
cd "$target"
for package in busybox-static systemd-cron bcron libbg2 ucspi-unix tini; do
  [ -d "$package" ] && continue
  apt-get download -qq -o APT::Sandbox::User=root "$package"
  mkdir "$package.new"
  dpkg -x "$package"_*.deb "$package.new"
  mv "$package.new" "$package"
  rm "$package"_*.deb
done

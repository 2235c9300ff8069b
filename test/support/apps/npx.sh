#!/bin/sh
# npx for tests: a package's file is unpacked and started, anything else is the real npx's.
case "$1" in
*.tgz)
  folder=$(mktemp -d)
  tar -xzf "$1" -C "$folder"
  shift
  node "$folder/package/laju.js" "$@"
  status=$?
  rm -rf "$folder"
  exit $status
  ;;
*)
  PATH=${PATH#*:} exec npx "$@"
  ;;
esac

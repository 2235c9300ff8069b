#!/bin/sh
# Run on the server after bringing the app and its build/ there: packages, tables, crontab, and a look at all of it.
set -e
cd "$(dirname "$0")/.."
npm ci --omit=dev
node laju migrate
node laju crontab:install --yes
node laju crontab:check
node laju doctor

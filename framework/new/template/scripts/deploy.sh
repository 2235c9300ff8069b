#!/bin/sh
# Run this on the server after copying the app and its build/ there. It installs packages, migrates the database,
# updates the crontab, and checks the result.
set -e
cd "$(dirname "$0")/.."
npm ci --omit=dev
node laju migrate
node laju crontab:install --yes
node laju crontab:check
node laju doctor

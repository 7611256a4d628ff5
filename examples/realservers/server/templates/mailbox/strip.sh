#!/bin/sh
# Takes every attachment off the message on standard input.
set -e
message=$(mktemp)
trap 'rm -f "$message"' EXIT
cat >"$message"
{{.AlterMIME}} --input="$message" --removeall
cat "$message"

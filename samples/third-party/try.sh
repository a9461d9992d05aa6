#!/usr/bin/env bash
# All that a third party does, from packages alone: pack Skep into a folder feed, restore from it, build, test, and run a program that uses the plugins.
set -euo pipefail
cd "$(dirname "$0")"
root=../..
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

step() { echo "== $*"; }
skep() { dotnet "$root/src/Host/Cli/bin/Release/net10.0/skep.dll" "$@" --plugins artifacts/plugins; }
expect() { # TEXT: standard input has it, and is shown
  local output
  output=$(cat)
  echo "$output"
  grep -qF -- "$1" <<<"$output" || { echo "expected above: $1" >&2; exit 1; }
}

step "pack Skep into artifacts/feed"
rm -rf artifacts
for project in src/Core plugins-sdk/Skep.Sdk plugins-sdk/Skep.Sdk.Testing; do
  dotnet pack "$root/$project" -c Release -o artifacts/feed -v quiet
done
ls artifacts/feed

step "restore from it, build and test"
dotnet build Acme.slnx -c Release -v quiet
dotnet Acme.Tests/bin/Release/net10.0/Acme.Tests.dll -noColor | tail -n 3

step "lay the plugins beside those that ship"
dotnet build "$root/src/Host/Cli" -c Release -v quiet
cp -r "$root/src/Host/Cli/bin/Release/net10.0/plugins" artifacts/plugins
for plugin in Acme.Geo Acme.Sketch; do
  cp -r "$plugin/bin/Release/net10.0" "artifacts/plugins/$plugin"
done
ls artifacts/plugins/Acme.Geo artifacts/plugins/Acme.Sketch
skep plugin list | expect Acme.Sketch

step "run a program that uses them: a packet from 192.0.2.7, three times"
ethernet=ffffffffffff0200000000010800
ipv4=4500001400000000401100 # up to the time to live and the protocol
packet=${ethernet}${ipv4}00c0000207c6336401
skep prog run programs/visits.bpf.o --data-in "$packet" --repeat 3 | expect 3
echo "all is well"

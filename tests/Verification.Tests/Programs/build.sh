#!/bin/sh
# Compiles every program with every compiler here, at every level and for every processor version that it knows:
#     build.sh OUTDIR [-j N] [-v VARIANT] [NAME...]    writes OUTDIR/NAME.CLANG.OPT.CPU.o
# VARIANT is a shell pattern of CLANG.OPT.CPU; others are left out.
# A source may say which variants it is for, by shell patterns of CLANG.OPT.CPU and a reason:
#     /* variants: *.v3 *.v4: atomics that return a value begin with v3 */
set -eu
sources=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { echo "usage: $0 OUTDIR [-j N] [-v VARIANT] [NAME...]" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
jobs=$(nproc)
if [ "${1:-}" = -j ]; then
    jobs=$2
    shift 2
fi

only="*"
if [ "${1:-}" = -v ]; then
    only=$2
    shift 2
fi

cd "$sources"
[ $# -gt 0 ] || set -- *.bpf.c

variants() {
    for clang in clang-14 clang-19; do
        command -v $clang >/dev/null || continue
        [ $clang = clang-14 ] && cpus="v2 v3" || cpus="v2 v3 v4"
        for level in O1 O2; do
            for cpu in $cpus; do
                case $clang.$level.$cpu in $only) echo $clang.$level.$cpu ;; esac
            done
        done
    done
}

set -f # patterns are for `case`, not for files
all=$(variants)
[ -n "$all" ] || { echo "$0: neither clang-14 nor clang-19 in PATH" >&2; exit 1; }
for source; do
    name=${source%.bpf.c}
    patterns=$(sed -n 's|^/\* variants: \([^:]*\):.*|\1|p' "$name.bpf.c")
    for variant in $all; do
        wanted=${patterns:+no}
        for pattern in $patterns; do
            case $variant in $pattern) wanted= ;; esac
        done
        [ -n "$wanted" ] || echo "$name $variant"
    done
done | xargs -r -P "$jobs" -n 2 sh -c '
    clang=${2%.O*} cpu=${2##*.}
    level=${2#$clang.} level=${level%.*}
    "$clang" -target bpf -g -$level -mcpu=$cpu -Wall -Werror -I include -fdebug-compilation-dir=. \
        -c "$1.bpf.c" -o "$0/$1.$2.o" || { echo "$1 $2: not compiled" >&2; exit 1; }
' "$out"

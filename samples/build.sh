#!/bin/sh
# Builds every sample's object beside its source, or only those that are named: samples/build.sh [NAME...]
# CLANG chooses the compiler; the objects in the repository are clang-14's. No path of the machine enters an object.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang-14}

[ $# -gt 0 ] || set -- */*.bpf.c
for sample; do
    case $sample in
        *.bpf.c) source=$sample ;;
        *) source=$sample/$(basename "$sample").bpf.c ;;
    esac
    "$clang" -O2 -g -target bpf -Wall -Werror -I include -fdebug-compilation-dir=. \
        -c "$source" -o "${source%.c}.o"
    echo "built ${source%.c}.o"
done

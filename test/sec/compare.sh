#!/bin/sh
# Stands for compare.pl of paper 001: weak similarity (exit code 0) for alice alone. SEC gives the user as argument, Ringfence the Event.
[ $# -gt 0 ] || read -r line
case "$*$line" in *alice@example.org*) exit 0 ;; esac
exit 1

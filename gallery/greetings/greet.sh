#!/bin/sh
# greet.sh GREETING…: greets, then takes its time: GREET_SECONDS, by default 1.
printf '%s to you my friend!\n' "$*"
sleep "${GREET_SECONDS:-1}"

#!/bin/sh
# Runs each fuzzer for N seconds (default 60) from its seeds and prints the line coverage of the code it
# is for; then lets each find its planted bug.
# Usage: tests/fuzz.sh [seconds] [fuzzer ...]
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
[ $# -gt 0 ] && shift
bin=build/fuzz
mkdir -p build
cmake --preset fuzz >build/fuzz.log && ninja -C $bin >>build/fuzz.log || { cat build/fuzz.log; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

sources_of() {
  case $1 in
    frame_parsers_fuzz) ls daedalus/exchanges/*.cpp | grep -v '_test\|_bench\|_fuzz\|refusal' ;;
    decimal_fuzz) echo daedalus/market/decimal.cpp ;;
    time_fuzz) echo daedalus/base/time.cpp ;;
    segment_reader_fuzz) ls daedalus/journal/segment_reader.cpp daedalus/journal/record*.cpp \
      daedalus/journal/zstd_frames.cpp daedalus/journal/line_reader.cpp | grep -v '_test\|_fuzz\|recording' ;;
    recording_fuzz) ls daedalus/journal/recording*.cpp | grep -v '_test\|_fuzz' ;;
  esac
}

fuzz() {
  mkdir -p "$work/$1"
  seeds=tests/fuzz_seeds/${1%_fuzz*}
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086
  LLVM_PROFILE_FILE="$work/$1.profraw" "$bin/$1" -seed=1 -max_len=4096 -print_final_stats=1 \
    -max_total_time="$seconds" -artifact_prefix="$work/$1." "$work/$1" $seeds >"$work/$1.log" 2>&1
}

[ $# -gt 0 ] || set -- $(cd "$bin" && ls *_fuzz)
for name in "$@"; do
  if fuzz "$name"; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
    echo "$name: $runs inputs in $seconds s, nothing found"
  else
    failed=1
    echo "$name: FAILED"
    tail -n 30 "$work/$name.log"
    cp "$work/$name".crash-* . 2>/dev/null && echo "the input is $(ls "$name".crash-*)"
    continue
  fi
  llvm-profdata-19 merge -sparse "$work/$name.profraw" -o "$work/$name.profdata" &&
    llvm-cov-19 report "$bin/$name" -instr-profile="$work/$name.profdata" $(sources_of "$name") |
    awk 'NR == 1 || /^-/ { next } NF >= 10 { n = split($1, path, "/"); printf "  %-30s lines %5s  covered %s\n", path[n], $8, $10 }'
done

for name in "$@"; do
  [ -x "$bin/${name}_planted" ] || continue
  log="$work/${name}_planted.log"
  if ! fuzz "${name}_planted" && found=$(grep -m1 'does not hold' "$log"); then
    echo "${name}_planted: found its planted bug ($(echo "$found" | sed 's/.*itself: //; s/ at .*//'))"
  else
    failed=1
    echo "${name}_planted: FAILED, the planted bug was not found in $seconds s"
  fi
done
exit $failed

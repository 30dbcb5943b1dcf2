# Fuzzing: sourced by x.

# Runs fuzz targets one after the other, all when none is named. What libFuzzer finds of interest stays in .x/fuzz/TARGET
# and is its start the next time; what a target fails on is in .x/fuzz/TARGET-failures.
fuzz() {
    local targets=() seconds=60 target finds log status runs started passed=0 failed=0 table=""
    while (($#)); do
        case $1 in
            --seconds) seconds=${2:?"--seconds needs a number"} && shift ;;
            *) [[ -d fuzz/corpus/$1 ]] || fail "no fuzz target is called \"$1\"; fuzz/corpus/ has a folder for each"
               targets+=("$1") ;;
        esac
        shift
    done
    ((${#targets[@]})) || mapfile -t targets < <(ls fuzz/corpus)
    command -v cargo-fuzz >/dev/null || cargo install --quiet --locked cargo-fuzz
    # Without a sanitizer, which needs Rust's nightly: libFuzzer's own counters are enough for code without `unsafe`.
    local build=(--sanitizer none --dev --features libfuzzer)
    cargo fuzz build "${build[@]}"
    mkdir -p "$logs"
    for target in "${targets[@]}"; do
        finds=.x/fuzz/$target log=$logs/fuzz-$target.log status=0
        mkdir -p "$finds" "$finds-failures"
        echo "== $target"
        started=$SECONDS
        TCSMS_FUZZ_TARGET=$target cargo fuzz run "${build[@]}" tcsms-fuzz "$finds" "fuzz/corpus/$target" -- \
            -max_total_time="$seconds" -timeout=10 -max_len=4096 -dict=fuzz/dictionary -print_final_stats=1 \
            -artifact_prefix="$finds-failures/" >"$log" 2>&1 || status=$?
        if ((status)); then
            failed=$((failed + 1))
            grep -E "panicked at|^ERROR|Test unit written" -A 3 "$log" || tail -n 20 "$log"
            table+=$(printf '%-14s failed after %d s, see %s' "$target" $((SECONDS - started)) "$log")$'\n'
        else
            passed=$((passed + 1))
            runs=$(awk '/^stat::number_of_executed_units/ { print $2 }' "$log")
            table+=$(printf '%-14s passed %10s runs in %d s' "$target" "$runs" $((SECONDS - started)))$'\n'
        fi
    done
    printf '\n%s\n%d passed, %d failed\n' "$table" "$passed" "$failed"
    ((failed == 0))
}

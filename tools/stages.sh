# Running the stages of `./x test` and counting what passed: sourced by x.

# Runs the named stages (all when none is named), stops at the first that fails, and ends with a table of times and
# one line that counts what passed: every test of a stage that has tests, one for every other stage.
run_stages() {
    local wanted=" $* " stage name command started status passed=0 failed=0 total_started=$SECONDS table=""
    for name in "$@"; do
        printf '%s\n' "${stages[@]}" | grep -q "^$name " || fail "no stage is called \"$name\"; ./x help lists them"
    done
    mkdir -p "$logs"
    export INSTA_UPDATE=no
    for stage in "${stages[@]}"; do
        read -r name command <<<"$stage"
        [[ $# -eq 0 || $wanted == *" $name "* ]] || continue
        echo "== $name: $command"
        started=$SECONDS status=0
        # What the programs are needed for comes after them.
        [[ " tools fmt codegen clippy test doc " == *" $name "* ]] || build_programs || status=$?
        ((status)) || $command 2>&1 | tee "$logs/$name.log" || status=$?
        table+=$(printf '%-14s %5d s' "$name" $((SECONDS - started)))$'\n'
        read -r ok bad < <(count "$logs/$name.log" "$status" last)
        passed=$((passed + ok)) failed=$((failed + bad))
        if ((status)); then
            echo "./x: stage $name failed; run it alone with ./x test $name"
            break
        fi
    done
    printf '\n%s%-14s %5d s\n\n%d passed, %d failed\n' "$table" all $((SECONDS - total_started)) "$passed" "$failed"
    ((failed == 0))
}

# Prints "PASSED FAILED", read from the closing lines of tests in a log: all of them added up, or with `last` only the last
# of those that a script wrote, which counts the others again.
count() {
    awk -v status="$2" -v last="${3-}" '
        /^test result: / { passed += $4; failed += $6 }
        /^[0-9]+ passed, [0-9]+ failed$/ { if (last) { ok = $1; bad = $3 } else { passed += $1; failed += $3 } }
        END {
            passed += ok; failed += bad
            if (passed + failed == 0) { passed = (status == 0) }
            if (status != 0 && failed == 0) { failed = 1 }
            print passed + 0, failed + 0
        }' "$1"
}

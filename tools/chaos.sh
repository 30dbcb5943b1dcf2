# The crash suite: sourced by x.

# Plays scenarios of the crash suite, all when none is named, each so many times: a round goes as its seed says, the first
# by the one given, the next by the number after it.
chaos() {
    local seed=$((RANDOM << 15 | RANDOM)) rounds=10 scenarios=() status=0 passed failed
    local folder=crates/service/tests/crash/scenarios log=$logs/chaos.log
    while (($#)); do
        case $1 in
            --seed) seed=${2:?"--seed needs a number"} && shift ;;
            --rounds) rounds=${2:?"--rounds needs a number"} && shift ;;
            *) [[ -f $folder/$1.rs ]] || fail "no scenario is called \"$1\"; $folder/ has a file for each"
               scenarios+=("scenarios::$1::") ;;
        esac
        shift
    done
    mkdir -p "$logs"
    cargo build --quiet --workspace --example crashing
    echo "== chaos: seed $seed, $rounds rounds"
    TCSMS_CHAOS_SEED=$seed TCSMS_CHAOS_ROUNDS=$rounds cargo test --workspace --test crash -- \
        --nocapture --test-threads 1 "${scenarios[@]}" 2>&1 | tee "$log" || status=$?
    read -r passed failed < <(count "$log" "$status")
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}

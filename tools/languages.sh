# The jobs that go through the SDKs of other languages, one after the other: sourced by x. The languages are the rows of
# tools/languages; what a language brings is in its folder in bindings/:
#
#   run-tests PROGRAM          all of its own tests, the service being PROGRAM; ends with `N passed, M failed`
#   run-sample FILE WORKDIR    builds what FILE needs in WORKDIR and runs it, unchanged
#   conformance/drivers        builds its drivers for the conformance cases, prints `NAME COMMAND...` for each
#   package OUT                lays out the package that its users install
#   soak --calls N             makes so many calls, prints what memory did, fails when it grew
#   samples/                   its own sample programs
#   surface-excluded.tsv       public names of the official SDK that it does not have, and why
#
# TCSMS_TARGET in their environment is the folder with the native library and the programs.

# Where what each SDK told of each conformance case is kept.
outcomes=.x/outcomes

# How many languages the arguments of a job name.
named=0

language_names() {
    awk '!/^#/ && NF { print $1 }' tools/languages
}

# A column of a language's row. The program, which `package` packs too, has a row, though it is no language.
row() {
    { cat tools/languages && echo "program ../packaging - - tcsms-cli node:nodejs,npm:npm,dpkg-deb:dpkg"; } |
        awk -v name="$1" -v column="$2" '$1 == name { print $column }'
}

# The folder of a language's SDK.
home() {
    realpath --relative-to=. "bindings/$(row "$1" 2)"
}

# Splits the arguments of a job: `languages` gets those that are named, or all, `others` what is left.
choose_languages() {
    local word known
    known=" $(language_names | paste -sd' ') "
    languages=() others=()
    for word in "$@"; do
        if [[ $known == *" $word "* ]]; then languages+=("$word"); else others+=("$word"); fi
    done
    named=${#languages[@]}
    ((named)) || mapfile -t languages < <(language_names)
}

# Whether a job is also for what is no language: when it is named among the arguments, or nothing is.
also() {
    local word left=()
    ((${#others[@]})) || return $((named != 0))
    for word in "${others[@]}"; do
        [[ $word == "$1" ]] || left+=("$word")
    done
    ((${#left[@]} < ${#others[@]})) || return 1
    ((named)) || languages=()
    others=("${left[@]}") named=$((named + 1))
}

# Refuses whatever is neither a language nor known to the job.
no_others() {
    ((${#others[@]} == 0)) ||
        fail "\"${others[0]}\" is no language here; known are: $(language_names | paste -sd' ')"
}

# Refuses whatever is neither a language nor an option nor a folder, before anything is installed for it.
only_folders() {
    local word
    for word in "${others[@]}"; do
        [[ $word == -* || -d $word ]] || fail "\"$word\" is neither a folder nor a language; known are: $(language_names | paste -sd' ')"
    done
}

# Installs what the tools of these languages need, of those that have a binding.
setup_languages() {
    local language packages wanted=("${basic[@]}" python3:python3)
    for language in "$@"; do
        [[ -d $(home "$language") ]] || continue
        packages=$(row "$language" 6)
        wanted+=(${packages//,/ })
    done
    setup "${wanted[@]}"
}

# Whether a language has the thing; says so when it has not. One that was named must have it.
brings() {
    local thing
    thing=$(home "$1")/$2
    [[ -e $thing ]] && return
    ((named == 0)) || fail "$1 cannot do this: there is no $thing"
    echo "$1: skipped, there is no $thing"
    return 1
}

# Builds the programs, the tests and the native libraries: all at once, because another set of packages would mean other
# features, and building anew.
build_programs() {
    cargo build --quiet --workspace --lib --bins --tests --examples
    TCSMS_TARGET=$(realpath "$target/debug")
    export TCSMS_TARGET
}

# Builds the native libraries of these languages as they are shipped.
build_libraries() {
    local language wanted=()
    for language in "$@"; do
        [[ -e $(home "$language")/package ]] || continue
        wanted+=(--package "$(row "$language" 5)")
    done
    ((${#wanted[@]} == 0)) || cargo build --release "${wanted[@]}"
    mkdir -p "$target/release"
    TCSMS_TARGET=$(realpath "$target/release")
    export TCSMS_TARGET
}

# Plays the conformance cases with the SDKs of these languages, as many drivers at once as there are processors, and then
# compares what all of them told and sent, Rust's included. Ends with one line that counts each case with each client once,
# and each comparison.
conformance() {
    local language drivers name command driver plays=() passed=0 failed=0 ok bad
    mkdir -p "$logs" "$outcomes"
    for language in "$@"; do
        rm -f "$outcomes/$language"-*.jsonl
        if [[ $language == rust ]]; then
            # The whole workspace, because another set of packages would mean building anew.
            TCSMS_CONFORMANCE_OUTCOMES=$PWD/$outcomes cargo test --quiet --workspace --test conformance >"$logs/conformance-rust.log" 2>&1 || true
            plays+=("rust")
        elif brings "$language" conformance/drivers; then
            drivers=$("$(home "$language")/conformance/drivers") || { failed=$((failed + 1)) && continue; }
            while read -r name command; do
                play "$language-$name" "$command" &
                plays+=("$language-$name")
                while (($(jobs -pr | wc -l) >= $(nproc))); do wait -n || true; done
            done <<<"$drivers"
        fi
    done
    wait
    for driver in "${plays[@]}"; do
        sed "s/^/$driver: /" "$logs/conformance-$driver.log"
        read -r ok bad < <(count "$logs/conformance-$driver.log" 0)
        # A log without a closing line counts as one test, and no driver has so few: it broke off, which is a failure.
        ((ok + bad > 1)) || bad=1
        passed=$((passed + ok)) failed=$((failed + bad))
    done
    python3 conformance/compare.py "$outcomes" rust "$@" 2>&1 | tee "$logs/conformance-compare.log" || true
    read -r ok _ bad _ < <(tail -n 1 "$logs/conformance-compare.log")
    printf '\n%d passed, %d failed\n' $((passed + ok)) $((failed + bad))
    ((failed + bad == 0))
}

# Plays the cases with one driver: its name and its command.
play() {
    # shellcheck disable=SC2086 # a command line of several words
    "$target/debug/tcsms-conformance-server" run --outcomes "$outcomes/$1.jsonl" conformance/cases $2 \
        >"$logs/conformance-$1.log" 2>&1 </dev/null
}

# Lays out the package of each language in .x/packages/LANGUAGE, with the native library as it is shipped; for `program`
# those of the program.
package() {
    local language out table="" failed=0
    for language in "$@"; do
        brings "$language" package || continue
        out=$PWD/.x/packages/$language
        rm -rf "$out" && mkdir -p "$out"
        echo "== package of $language: $(home "$language")/package $out"
        if "$(home "$language")/package" "$out"; then
            table+=$(printf '%-8s %8s KiB in %5d files  %s' "$language" "$(du -sk "$out" | cut -f1)" \
                "$(find "$out" -type f | wc -l)" "$out")$'\n'
        else
            table+=$(printf '%-8s failed' "$language")$'\n' failed=1
        fi
    done
    printf '\n%s' "$table"
    ((failed == 0))
}

# Makes many calls with the SDK of each language and gathers what memory did.
soak() {
    local calls=$1 language log status started table="" passed=0 failed=0
    shift
    mkdir -p "$logs"
    for language in "$@"; do
        brings "$language" soak || continue
        log=$logs/soak-$language.log status=0 started=$SECONDS
        echo "== soak of $language: $(home "$language")/soak --calls $calls"
        "$(home "$language")/soak" --calls "$calls" 2>&1 | tee "$log" || status=$?
        if ((status)); then failed=$((failed + 1)); else passed=$((passed + 1)); fi
        table+=$(printf '%-8s %-6s %5d s  %s' "$language" "$( ((status)) && echo FAILED || echo ok)" \
            $((SECONDS - started)) "$(grep -v '^$' "$log" | tail -n 1)")$'\n'
    done
    printf '\n%s\n%d passed, %d failed\n' "$table" "$passed" "$failed"
    ((failed == 0))
}

# Measures the SDKs of these languages, as their packages have them, against the official ones.
bench_languages() {
    choose_languages "$@"
    build_libraries "${languages[@]}"
    package "${languages[@]}"
    python3 benches/languages/bench.py "$@"
}

# Installing what a Debian machine lacks: sourced by x.

# Installs the Debian packages of the commands that are missing; `demo` needs fewer than `test`.
setup() {
    local missing=() entry
    for entry in "$@"; do
        has "${entry%%:*}" || missing+=("${entry##*:}")
    done
    if ((${#missing[@]})); then
        echo "./x: installing Debian packages: ${missing[*]}"
        local sudo=()
        if ((EUID != 0)); then
            command -v sudo >/dev/null || fail "neither root nor sudo here; install these packages yourself: ${missing[*]}"
            sudo=(sudo)
        fi
        "${sudo[@]}" apt-get update -qq
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    fi
    command -v cargo >/dev/null ||
        fail "Rust is missing. Debian's own is too old: install 1.90 or newer with rustup (https://rustup.rs), then run this again"
}

# A command, or what Debian packages apart from its command: a module of Python, a library of Mono.
has() {
    case $1 in
        mono-http) [[ -d /usr/lib/mono/gac/System.Net.Http ]] ;;
        php-fpm) compgen -c php-fpm >/dev/null ;;
        venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

basic=(cc:gcc curl:curl)
full=("${basic[@]}" git:git strace:strace python3:python3 venv:python3-venv node:nodejs npm:npm)

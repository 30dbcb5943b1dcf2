"""How the client of each language is got ready: the same program with the official SDK, with ours, and with the plainest means.

Each function gives the commands by name ("ours", "official", "floor", "bare"), without those that cannot be had here, and says why.
The programs are those of the folder that TCSMS_BENCH_CLIENTS names. Ours is the package that `./x package` lays out, installed as its
users install it.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from languages import ROOT, clean_environment

PYTHON_OFFICIAL = ["tencentcloud-sdk-python-common==3.1.195", "tencentcloud-sdk-python-sms==3.1.153"]
NODE_OFFICIAL = ["tencentcloud-sdk-nodejs-common@4.1.220", "tencentcloud-sdk-nodejs-sms@4.1.306"]
GO_MODULE = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/"
GO_OFFICIAL = {"common": "v1.3.166", "sms": "v1.1.0"}
JAVA_OFFICIAL = "com.tencentcloudapi:tencentcloud-sdk-java-sms:3.1.322"

# Calls and calls beforehand, so many that a run takes a second or two.
CALLS = {
    "python": (3000, 300), "go": (10000, 1000), "cpp": (10000, 500), "java": (6000, 6000), "nodejs": (4000, 1500),
    "php": (2000, 200), "csharp": (6000, 3000),
}


class Unavailable(Exception):
    """Why a client cannot be had here."""


def run(*command, cwd=None, env=None):
    """Runs a command quietly; its output is the reason when it fails."""
    ended = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    text = ended.stdout.decode(errors="replace")
    if ended.returncode:
        raise Unavailable(f"{' '.join(map(str, command[:4]))}…: {text.strip().splitlines()[-1] if text.strip() else 'failed'}")
    return text


def packages(language):
    """The folder of our package, which must have been laid out."""
    folder = ROOT / ".x" / "packages" / language
    if not folder.is_dir():
        raise Unavailable(f"there is no package; ./x package {language} lays it out")
    return folder


def venv(folder, *wanted):
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "venv", folder)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted)
    # What is installed is compiled once, as the first import of a user would.
    run(python, "-m", "compileall", "-q", folder / "lib")
    return python


def python(clients, work):
    """The synchronous client."""
    program = clients / "python" / "client_sync.py"

    def ours():
        wheels = sorted(packages("python").rglob("*.whl"))
        if not wheels:
            raise Unavailable("the package has no wheel")
        return [venv(work / "ours", "--no-index", *wheels), program]

    def official():
        return [venv(work / "official", *PYTHON_OFFICIAL), program]

    return {"ours": ours, "official": official, "floor": lambda: [sys.executable, clients / "python" / "floor.py"]}


def go(clients, work):
    """One client shared by goroutines."""

    def build(folder, prepare, environment=None):
        folder.mkdir(parents=True)
        shutil.copy(clients / "go" / "client.go", folder / "main.go")
        (folder / "go.mod").write_text("module bench\n\ngo 1.18\n")
        env = {**clean_environment(), "GOFLAGS": "-mod=mod", **(environment or {})}
        prepare(folder, env)
        run("go", "build", "-o", "client", ".", cwd=folder, env=env)
        return [folder / "client"]

    def ours():
        def prepare(folder, env):
            laid = packages("go")
            found = {path.parent.name: path.parent for path in laid.rglob("go.mod")}
            if not {"common", "sms"} <= found.keys():
                # A file proxy rather than folders: the same modules in the tree, with the library built for shipping.
                found = {"common": ROOT / "bindings" / "go" / "common", "sms": ROOT / "bindings" / "go" / "sms"}
                env["CGO_LDFLAGS"] = f"-L{ROOT / 'target' / 'release'}"
            with open(folder / "go.mod", "a", encoding="utf-8") as file:
                for name in ("common", "sms"):
                    file.write(f"require {GO_MODULE}{name} v0.1.0\nreplace {GO_MODULE}{name} => {found[name]}\n")

        return build(work / "ours", prepare)

    def official():
        def prepare(folder, env):
            wanted = [f"{GO_MODULE}{name}@{version}" for name, version in GO_OFFICIAL.items()]
            run("go", "get", *wanted, cwd=folder, env=env)

        return build(work / "official", prepare)

    return {"ours": ours, "official": official}


def cpp(clients, work):
    """A client for each thread, connections kept. The official SDK is not published as a package."""

    def ours():
        laid = packages("cpp")
        folder = work / "ours"
        folder.mkdir(parents=True)
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.10)\nproject(bench CXX)\nset(CMAKE_CXX_STANDARD 14)\nfind_package(tcsms REQUIRED)\n"
            f"add_executable(client {clients / 'cpp' / 'client.cpp'})\nfind_package(Threads REQUIRED)\n"
            "target_link_libraries(client tcsms::static Threads::Threads)\n"
        )
        run("cmake", "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={laid}", "-S", folder, "-B", folder / "build")
        run("cmake", "--build", folder / "build")
        return ["env", "BENCH_KEEPALIVE=1", folder / "build" / "client"]

    return {"ours": ours}


def nodejs(clients, work):
    """Promise chains in one process."""
    program = clients / "node" / "client.js"

    def ours():
        folder = work / "ours"
        folder.mkdir(parents=True)
        laid = packages("nodejs")
        found = sorted(laid.rglob("*.tgz")) or [path.parent for path in laid.rglob("package.json")][:1]
        if not found:
            raise Unavailable("the package has neither a .tgz nor a package.json")
        (folder / "package.json").write_text("{}")
        run("npm", "install", "--silent", "--no-audit", "--no-fund", f"tencentcloud-sdk-nodejs-sms@file:{found[0]}", cwd=folder)
        return ["env", f"NODE_PATH={folder / 'node_modules'}", "node", program]

    def official():
        folder = work / "official"
        folder.mkdir(parents=True)
        (folder / "package.json").write_text("{}")
        run("npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_OFFICIAL, cwd=folder)
        return ["env", f"NODE_PATH={folder / 'node_modules'}", "node", program]

    return {
        "ours": ours,
        "official": official,
        "floor": lambda: ["node", clients / "node" / "floor.js"],
        "bare": lambda: ["node", "-e", "console.log('first', 0)"],
    }


def java(clients, work):
    """Threads that share one client."""

    def compiled(folder, jars):
        run("javac", "-encoding", "UTF-8", "-cp", ":".join(map(str, jars)), "-d", folder, clients / "java" / "Client.java")
        return ["java", "-cp", ":".join(map(str, [folder, *jars])), "Client"]

    def ours():
        jars = [jar for jar in packages("java").rglob("*.jar") if "sources" not in jar.name and "javadoc" not in jar.name]
        if not jars:
            raise Unavailable("the package has no jar")
        (work / "ours").mkdir(parents=True)
        return compiled(work / "ours", jars)

    def official():
        folder = work / "official"
        folder.mkdir(parents=True)
        group, name, version = JAVA_OFFICIAL.split(":")
        (folder / "pom.xml").write_text(
            "<project><modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>bench</artifactId><version>1</version><dependencies>"
            f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
            "</dependencies></project>"
        )
        run("mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies", f"-DoutputDirectory={folder / 'jars'}", cwd=folder)
        return compiled(folder, sorted((folder / "jars").glob("*.jar")))

    return {"ours": ours, "official": official}


def by_script(language, home, file):
    """A language whose binding says itself how the program runs: bench-client FILE WORKDIR prints the command. FILE is among the
    programs, or here when its path says so."""

    def clients_of(clients, work):
        def ours():
            script = ROOT / "bindings" / home / "bench-client"
            if not script.is_file():
                raise Unavailable(f"there is no bindings/{home}/bench-client")
            (work / "ours").mkdir(parents=True)
            env = clean_environment(TCSMS_TARGET=str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release"))
            return run(script, clients / file, work / "ours", env=env).split()

        return {"ours": ours}

    return clients_of


LANGUAGES = {
    "python": python, "go": go, "cpp": cpp, "java": java, "nodejs": nodejs,
    "php": by_script("php", "php", pathlib.Path("php/client.php")), "csharp": by_script("csharp", "dotnet", pathlib.Path(__file__).resolve().parent / "csharp" / "Client.cs"),
}

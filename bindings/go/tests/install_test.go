// What bindings/go/package lays out, installed in an empty place by each of its three forms.
package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const official = "github.com/tencentcloud/tencentcloud-sdk-go"

func TestEachFormOfThePackageInstallsAndMakesAFirstCall(t *testing.T) {
	out := t.TempDir()
	if told, err := exec.Command("../package", out).CombinedOutput(); err != nil {
		t.Fatalf("%s %s", err, told)
	}
	s := startService(t, "127.0.0.1:0")
	program := mustRead(t, "install/main.go")
	both := "require (\n\t" + official + "/tencentcloud/common v1.3.166\n\t" + official + "/tencentcloud/sms v1.3.166\n)\n"
	for form, rest := range map[string]string{
		"a proxy of files": both +
			"replace " + official + "/tencentcloud/common => github.com/tcsms/tcsms/bindings/go/common v0.1.0\n" +
			"replace " + official + "/tencentcloud/sms => github.com/tcsms/tcsms/bindings/go/sms v0.1.0\n",
		"folders": both +
			"replace " + official + "/tencentcloud/common => " + out + "/common\n" +
			"replace " + official + "/tencentcloud/sms => " + out + "/sms\n",
		"the root module": "require " + official + " v1.0.162\nreplace " + official + " => " + out + "/whole\n",
	} {
		folder := t.TempDir()
		write(t, folder+"/go.mod", "module first\n\ngo 1.18\n\n"+rest)
		write(t, folder+"/main.go", program)
		build := exec.Command("go", "build", "-ldflags=-s -w", "-o", "first", ".")
		if form == "folders" {
			// What is built is the same as with the root module; that all is found is enough.
			build = exec.Command("go", "list", "-deps", ".", official+"/tencentcloud/sms/smstest")
		}
		build.Dir = folder
		// Nothing of this tree or of what was installed before is in reach.
		build.Env = append(without(os.Environ(), "CGO_CFLAGS", "GOFLAGS", "TCSMS_LIBRARY"),
			"GOFLAGS=-mod=mod -modcacherw", "GOMODCACHE="+filepath.Join(folder, "cache"), "GOPROXY=file://"+out+"/proxy", "GOSUMDB=off")
		if told, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s: %s %s", form, err, told)
		}
		if form == "folders" {
			continue
		}
		first := exec.Command(folder + "/first")
		first.Env = []string{"TCSMS_CONNECT_TO=http://" + s.address}
		told, err := first.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(told), "answered ") {
			t.Fatalf("%s: %v %s", form, err, told)
		}
	}
}

func without(environment []string, names ...string) []string {
	var kept []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		drop := false
		for _, one := range names {
			drop = drop || one == name
		}
		if !drop {
			kept = append(kept, variable)
		}
	}
	return kept
}

// build makes the program of the first call, which loads the library while it runs.
func build(t *testing.T) string {
	program := filepath.Join(t.TempDir(), "first")
	if told, err := exec.Command("go", "build", "-o", program, "./install").CombinedOutput(); err != nil {
		t.Fatalf("%s %s", err, told)
	}
	return program
}

func TestALibraryThatIsNotThereOrAnotherIsSaidSo(t *testing.T) {
	program := build(t)
	other := filepath.Join(t.TempDir(), "libother.so")
	source := filepath.Join(t.TempDir(), "other.c")
	functions := "abi_version client_new client_free call call_async cancel credential stream_open stream_next stream_close " +
		"exchange_new exchange_next exchange_answer exchange_failed exchange_free set_log buf_free"
	text := ""
	for _, function := range strings.Fields(functions) {
		text += "int tcsms_" + function + "(void) { return 999; }\n"
	}
	write(t, source, text)
	if told, err := exec.Command("cc", "-shared", "-fPIC", "-o", other, source).CombinedOutput(); err != nil {
		t.Fatalf("%s %s", err, told)
	}
	for _, wrong := range []struct {
		library string
		says    []string
	}{
		{"/nowhere/lib.so", []string{"/nowhere/lib.so", "TCSMS_LIBRARY"}},
		{"", []string{"libtcsms_c.so", "TCSMS_LIBRARY"}},
		{other, []string{other, "interface 999", "version 0.1.0"}},
	} {
		command := exec.Command(program)
		command.Env = append(without(os.Environ(), "TCSMS_LIBRARY"), "TCSMS_LIBRARY="+wrong.library)
		told, err := command.CombinedOutput()
		if err == nil {
			t.Fatal(wrong.library, string(told))
		}
		for _, part := range wrong.says {
			if !strings.Contains(string(told), part) {
				t.Errorf("%q: %s", wrong.library, told)
			}
		}
	}
}

func TestTheVersionIsThatOfTheWorkspace(t *testing.T) {
	_, rest, _ := strings.Cut(mustRead(t, "../../../Cargo.toml"), "\nversion = \"")
	version, _, _ := strings.Cut(rest, "\"")
	if !strings.Contains(mustRead(t, "../common/internal/about/about.go"), "const Version = \""+version+"\"") {
		t.Fatal("common/internal/about/about.go has not the version of the workspace, ", version)
	}
}

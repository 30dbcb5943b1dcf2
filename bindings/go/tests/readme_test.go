// The code of the READMEs, as their readers would run it.
package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var block = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```")

// around is what the READMEs' short pieces of code stand in.
const around = `package main

import (
	"context"
	"crypto/tls"
	"net/http"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

var (
	_ = context.Background
	_ tls.Config
	_ http.Transport
)

func main() {
	var err error
	p := profile.NewClientProfile()
	client, _ := sms.NewClient(common.NewCredential("a", "b"), "ap-guangzhou", p)
	request := sms.NewSendSmsRequest()
PIECES
	_, _, _ = client, request, err
}
`

func TestTheCodeOfTheReadmesRuns(t *testing.T) {
	english, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	chinese, err := os.ReadFile("../README.zh-CN.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllStringSubmatch(string(english), -1)
	if strings.Join(block.FindAllString(string(english), -1), "") != strings.Join(block.FindAllString(string(chinese), -1), "") {
		t.Fatal("the two READMEs have not the same code")
	}
	s := startService(t, "127.0.0.1:0")
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	programs, pieces, tests := []string{}, "", 0
	for _, found := range blocks {
		switch code := found[2]; {
		case found[1] != "go":
		case strings.HasPrefix(code, "package main"):
			programs = append(programs, code)
		case strings.HasPrefix(code, "package login"):
			tests++
			folder := moduleWith(t, here, "login_test.go", code)
			command := exec.Command("go", "test", "-v", ".")
			command.Dir = folder
			if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestTheCodeArrives") {
				t.Fatalf("%s\n%s", code, out)
			}
		default:
			pieces += "\t{\n" + strings.Replace(code, "_, err := ", "_, err = ", 1) + "\t}\n"
		}
	}
	if len(programs) != 2 || tests != 1 || strings.Count(pieces, "\t}\n") < 4 {
		t.Fatal("the README should have two programs, a test and four pieces of Go")
	}
	for _, code := range append(programs, strings.Replace(around, "PIECES", pieces, 1)) {
		folder := moduleWith(t, here, "main.go", code)
		command := exec.Command("go", "run", ".")
		command.Dir = folder
		command.Env = append(os.Environ(), "TCSMS_CONNECT_TO=http://"+s.address,
			"TENCENTCLOUD_SECRET_ID="+secretID, "TENCENTCLOUD_SECRET_KEY="+secretKey)
		out, err := command.CombinedOutput()
		switch {
		case err != nil,
			strings.Contains(code, "DefaultEnvProvider") && !strings.Contains(string(out), "+8613711112222 Ok send success"),
			strings.Contains(code, "nobody") && !strings.Contains(string(out), "AuthFailure.SecretIdNotFound"):
			t.Fatalf("%s\n%s", code, out)
		}
	}
}

// moduleWith makes a module beside those of this tree that has one file.
func moduleWith(t *testing.T, here, name, code string) string {
	folder := t.TempDir()
	write(t, folder+"/go.mod", strings.NewReplacer("=> ./", "=> "+here+"/").Replace(mustRead(t, "../go.mod")))
	write(t, filepath.Join(folder, name), code)
	return folder
}

func mustRead(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

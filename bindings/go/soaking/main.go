// Command soaking makes calls against a server of its own, and fails when memory grows with them.
//
//	soaking CALLS
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

const (
	callers = 8
	samples = 50
	// mostGrowth is by how much the end may be above the quarter.
	mostGrowth = 1.05
	// slackKiB is what the runtime's own collector moves up and down by: much beside the memory of a short run.
	slackKiB = 1024
)

const answer = `{"Response":{"SendStatusSet":[{"SerialNo":"1:2","PhoneNumber":"+8613711112222","Fee":1,"SessionContext":"","Code":"Ok","Message":"send success","IsoCode":"CN"}],"RequestId":"r"}}`

func main() {
	calls := 0
	if len(os.Args) == 2 {
		calls, _ = strconv.Atoi(os.Args[1])
	}
	if calls < samples*callers {
		fail("usage: soaking CALLS, at least %d", samples*callers)
	}
	debug.SetGCPercent(50)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = "HTTP"
	p.HttpProfile.Endpoint = server.Listener.Addr().String()
	client, err := sms.NewClient(common.NewCredential("AKIDEXAMPLE", "SKEXAMPLE"), "ap-guangzhou", p)
	if err != nil {
		fail("%s", err)
	}

	var memory []int
	for sample := 0; sample < samples; sample++ {
		round(client, calls/samples)
		debug.FreeOSMemory()
		memory = append(memory, resident())
	}
	quarter, end := memory[samples/4], median(memory[samples-10:])
	fmt.Printf("calls %d, resident after %d calls %d KiB, at the end %d KiB (median of the last ten), growth %.1f %%\n",
		calls, calls/4, quarter, end, 100*(float64(end)/float64(quarter)-1))
	if float64(end) > mostGrowth*float64(quarter) && end-quarter > slackKiB {
		fail("memory grew by more than 5 %%: %v", memory)
	}
}

// round makes calls of every kind: on the caller's thread, by callback, cancelled ones, and refused ones.
func round(client *sms.Client, calls int) {
	var all sync.WaitGroup
	for caller := 0; caller < callers; caller++ {
		all.Add(1)
		go func(caller int) {
			defer all.Done()
			for call := 0; call < calls/callers; call++ {
				ctx, cancel := context.Background(), func() {}
				if caller%2 == 1 {
					ctx, cancel = context.WithCancel(ctx)
				}
				request := sms.NewSendSmsRequest()
				request.PhoneNumberSet = common.StringPtrs([]string{"+8613711112222"})
				request.SmsSdkAppId = common.StringPtr("1400787878")
				bad := call%100 == 99
				if bad {
					request.SetHeader(map[string]string{"Host": "x"})
				}
				ended := caller%2 == 1 && call%100 == 98
				if ended {
					cancel()
				}
				response, err := client.SendSmsWithContext(ctx, request)
				cancel()
				if (err != nil) != (bad || ended) || err == nil && *response.Response.RequestId != "r" {
					fail("call %d of caller %d: %v", call, caller, err)
				}
			}
		}(caller)
	}
	all.Wait()
}

// resident gives how much memory the process has, in KiB.
func resident() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail("%s", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	number, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		fail("%s", err)
	}
	return number
}

func median(numbers []int) int {
	sorted := append([]int(nil), numbers...)
	sort.Ints(sorted)
	return sorted[len(sorted)/2]
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

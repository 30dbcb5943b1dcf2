package smstest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

// AccountOptions say what an account is like.
type AccountOptions struct {
	// Like is the id of the configured account whose signatures and templates it gets; by default the first.
	Like string `json:"like,omitempty"`
	// Limits is "off", which it is without it, "default" or "strict".
	Limits string `json:"limits,omitempty"`
	// TTL is how long it lives when nobody closes it: "10m" without it, at most "24h".
	TTL string `json:"ttl,omitempty"`
	// StatusURL is where its delivery reports are pushed to.
	StatusURL string `json:"statusUrl,omitempty"`
	// ReplyURL is where replies to its messages are pushed to.
	ReplyURL string `json:"replyUrl,omitempty"`
}

// Account is an account for one test: its own key, app, messages, faults and clock.
type Account struct {
	// ID is the account's id.
	ID string `json:"id"`
	// SecretID is the id of its key.
	SecretID string `json:"secretId"`
	// SecretKey is its key.
	SecretKey string `json:"secretKey"`
	// SdkAppID is the SdkAppId of its app.
	SdkAppID string `json:"sdkAppId"`
	// Signs are the texts of its approved signatures.
	Signs []string `json:"signs"`
	// Templates are its approved templates.
	Templates []Template `json:"templates"`

	service *LocalService
}

// Template is a template of an account.
type Template struct {
	// ID is its id.
	ID string `json:"id"`
	// Content is its text, with {1} and so on for the variables.
	Content string `json:"content"`
}

// Message is a message as the service has it.
type Message struct {
	// Serial is its serial number, the SerialNo of the sender's answer.
	Serial string `json:"serial"`
	// Account is the id of the account that sent it.
	Account string `json:"account"`
	// App is the SdkAppId that sent it.
	App string `json:"app"`
	// Phone is the number, in E.164 form.
	Phone string `json:"phone"`
	// Text is what the phone shows, signature included.
	Text string `json:"text"`
	// Params are the values of the template's variables.
	Params []string `json:"params"`
	// Code is the login code that was found in the text, or empty.
	Code string `json:"code"`
	// Template is the id of the template.
	Template string `json:"template"`
	// Sign is the text of the signature.
	Sign string `json:"sign"`
	// Status is "refused", "submitted", "delivered" or "failed".
	Status string `json:"status"`
	// Report is the code word of the carrier's report, or the code of the refusal, or empty.
	Report string `json:"report"`
	// Segments is how many segments it is charged as.
	Segments int `json:"segments"`
	// Fee is the Fee of the sender's answer.
	Fee int `json:"fee"`
	// At is when it was accepted, business time, Unix seconds.
	At int64 `json:"at"`
	// Row is its place among the messages of the service.
	Row int64 `json:"row"`

	// Waiting is what it waits for; only from Account.Message, as are the following.
	Waiting string `json:"waiting"`
	// Faults are the ids of the faults that struck it or its call.
	Faults []string `json:"faults"`
	// RequestID is the RequestId of the call that sent it.
	RequestID string `json:"requestId"`
}

// Conditions choose messages. What is empty chooses all.
type Conditions struct {
	// Phone is the number they went to.
	Phone string
	// Status is "refused", "submitted", "delivered" or "failed".
	Status string
	// Q is what their text, number or serial number contains.
	Q string
	// App is the SdkAppId that sent them.
	App string
	// Timeout is how long to wait for them: 10 seconds without it, at most 300.
	Timeout time.Duration
}

// Clock is how a clock stands.
type Clock struct {
	// Now is business time, Unix seconds.
	Now int64 `json:"now"`
	// Offset is how far it is from real time, such as "1d"; empty while it stands still.
	Offset string `json:"offset"`
	// Frozen is whether it stands still.
	Frozen bool `json:"frozen"`
}

// ReceivedCall is a call that the service received.
type ReceivedCall struct {
	// ID is the RequestId.
	ID string `json:"id"`
	// Action is the action.
	Action string `json:"action"`
	// Version is the version of the API.
	Version string `json:"version"`
	// At is when it came, business time, Unix seconds.
	At int64 `json:"at"`
	// Code is "Ok", or the code of the error.
	Code string `json:"code"`
	// Message is the message of the error, or empty.
	Message string `json:"message"`
	// Faults are the ids of the faults that struck it.
	Faults []string `json:"faults"`
	// Explanation says why the check of its signature failed, or is empty.
	Explanation string `json:"explanation"`
}

// Account gives a test an account that ends with it.
func (s *LocalService) Account(t testing.TB, options AccountOptions) *Account {
	t.Helper()
	account, err := s.NewAccount(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := account.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return account
}

// NewAccount makes an account that shares nothing with others.
func (s *LocalService) NewAccount(ctx context.Context, options AccountOptions) (*Account, error) {
	if options.Limits == "" {
		options.Limits = "off"
	}
	account := &Account{service: s}
	if err := s.call(ctx, 0, http.MethodPost, "accounts", nil, options, account); err != nil {
		return nil, err
	}
	return account, nil
}

// Credential is the account's key, for clients.
func (a *Account) Credential() *common.Credential {
	return common.NewCredential(a.SecretID, a.SecretKey)
}

// Profile leads clients to the service.
func (a *Account) Profile() *profile.ClientProfile {
	made := profile.NewClientProfile()
	made.Settings = map[string]interface{}{"connect_to": a.service.API, "allow_plain_http": true}
	if a.service.caFile != "" {
		made.Settings["ca_file"] = a.service.caFile
	}
	return made
}

// Client makes a client of 2021-01-11. One of 2019-07-11 is made of Credential and Profile.
func (a *Account) Client() *sms.Client {
	client := &sms.Client{}
	client.Init("ap-guangzhou").WithCredential(a.Credential()).WithProfile(a.Profile())
	return client
}

// Messages gives the newest messages that there are now, at most 100, the newest last.
func (a *Account) Messages(ctx context.Context, conditions Conditions) ([]Message, error) {
	var told struct{ Messages []Message }
	err := a.call(ctx, http.MethodGet, "messages", conditions.query(), nil, &told)
	return told.Messages, err
}

// WaitForMessage gives the newest message that fits, as soon as there is one. The error of a wait that is not met says
// which messages nearly fitted.
func (a *Account) WaitForMessage(ctx context.Context, conditions Conditions) (*Message, error) {
	messages, err := a.WaitForMessages(ctx, 1, conditions)
	if err != nil {
		return nil, err
	}
	return &messages[len(messages)-1], nil
}

// WaitForMessages gives all messages that fit, the newest last, as soon as there are count of them.
func (a *Account) WaitForMessages(ctx context.Context, count int, conditions Conditions) ([]Message, error) {
	wait := conditions.Timeout
	if wait == 0 {
		wait = 10 * time.Second
	}
	query := conditions.query()
	query.Set("account", a.ID)
	query.Set("count", strconv.Itoa(count))
	query.Set("wait", fmt.Sprintf("%dms", wait.Milliseconds()))
	var told struct {
		Messages   []Message
		Matched    bool
		NearMisses []nearMiss
	}
	if err := a.service.call(ctx, wait, http.MethodGet, "messages", query, nil, &told); err != nil {
		return nil, err
	}
	if !told.Matched {
		return nil, missed(len(told.Messages), count, conditions, wait, told.NearMisses)
	}
	return told.Messages, nil
}

// Message gives one message by its serial number, with what it waits for and the faults that struck it.
func (a *Account) Message(ctx context.Context, serial string) (*Message, error) {
	message := &Message{}
	err := a.service.call(ctx, 0, http.MethodGet, "messages/"+url.PathEscape(serial), nil, nil, message)
	if err != nil {
		return nil, err
	}
	return message, nil
}

// Clear forgets the account's messages.
func (a *Account) Clear(ctx context.Context) error {
	return a.call(ctx, http.MethodDelete, "messages", nil, nil, nil)
}

// SetFaults puts these faults in the place of the present ones.
func (a *Account) SetFaults(ctx context.Context, faults ...Fault) error {
	return a.SetFaultsWithSeed(ctx, 0, faults...)
}

// SetFaultsWithSeed does the same; the seed makes their probabilities repeatable.
func (a *Account) SetFaultsWithSeed(ctx context.Context, seed uint64, faults ...Fault) error {
	body := map[string]interface{}{"seed": seed, "faults": append([]Fault{}, faults...)}
	return a.call(ctx, http.MethodPut, "faults", nil, body, nil)
}

// Faults gives the faults in force, with how often each fitted and struck.
func (a *Account) Faults(ctx context.Context) ([]Fault, error) {
	var told struct{ Faults []Fault }
	err := a.call(ctx, http.MethodGet, "faults", nil, nil, &told)
	return told.Faults, err
}

// ClearFaults removes the faults.
func (a *Account) ClearFaults(ctx context.Context) error {
	return a.call(ctx, http.MethodDelete, "faults", nil, nil, nil)
}

// Clock says how the account's clock stands.
func (a *Account) Clock(ctx context.Context) (Clock, error) {
	var clock Clock
	err := a.call(ctx, http.MethodGet, "clock", nil, nil, &clock)
	return clock, err
}

// MoveClock sets business time so far from real time, in whole milliseconds. Signatures keep real time.
func (a *Account) MoveClock(ctx context.Context, offset time.Duration) error {
	return a.setClock(ctx, map[string]interface{}{"offset": fmt.Sprintf("%dms", offset.Milliseconds())})
}

// SetClock stops business time at this second.
func (a *Account) SetClock(ctx context.Context, now time.Time) error {
	return a.setClock(ctx, map[string]interface{}{"now": now.Unix()})
}

// ResetClock sets business time to real time.
func (a *Account) ResetClock(ctx context.Context) error {
	return a.setClock(ctx, map[string]interface{}{})
}

func (a *Account) setClock(ctx context.Context, setting map[string]interface{}) error {
	return a.call(ctx, http.MethodPut, "clock", nil, setting, nil)
}

// Reply lets the person at this number answer the account's newest message to it.
func (a *Account) Reply(ctx context.Context, phone, text string) error {
	body := map[string]string{"account": a.ID, "phone": phone, "text": text}
	return a.service.call(ctx, 0, http.MethodPost, "replies", nil, body, nil)
}

// Report decides what became of a message: status is "delivered" or "failed", word the carrier's code word, "DELIVRD" or
// "UNDELIV" when it is empty.
func (a *Account) Report(ctx context.Context, serial, status, word string) error {
	body := map[string]string{"serial": serial, "status": status}
	if word != "" {
		body["word"] = word
	}
	return a.service.call(ctx, 0, http.MethodPost, "reports", nil, body, nil)
}

// ReviewSign decides about a signature: status is "approved", "rejected", "reviewing", or "pending", which is approved but
// not yet in force; reply has the reviewer's words.
func (a *Account) ReviewSign(ctx context.Context, id int64, status, reply string) error {
	return a.review(ctx, "signs", id, status, reply)
}

// ReviewTemplate decides about a template, as ReviewSign.
func (a *Account) ReviewTemplate(ctx context.Context, id int64, status, reply string) error {
	return a.review(ctx, "templates", id, status, reply)
}

func (a *Account) review(ctx context.Context, what string, id int64, status, reply string) error {
	body := map[string]string{"status": status, "reply": reply}
	return a.call(ctx, http.MethodPost, fmt.Sprintf("%s/%d/review", what, id), nil, body, nil)
}

// Requests gives the calls that the account's key signed, the newest last, at most 100. An action and a code, "Ok" say,
// choose among them unless they are empty.
func (a *Account) Requests(ctx context.Context, action, code string) ([]ReceivedCall, error) {
	query := url.Values{}
	for name, value := range map[string]string{"action": action, "code": code} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var told struct{ Requests []ReceivedCall }
	err := a.call(ctx, http.MethodGet, "requests", query, nil, &told)
	return told.Requests, err
}

// Close removes the account with all that belongs to it. Again, or after its time, it does nothing.
func (a *Account) Close(ctx context.Context) error {
	err := a.service.call(ctx, 0, http.MethodDelete, "accounts/"+a.ID, nil, nil, nil)
	var refused *ServiceError
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// call makes a request that concerns this account.
func (a *Account) call(ctx context.Context, method, path string, query url.Values, body, told interface{}) error {
	if query == nil {
		query = url.Values{}
	}
	query.Set("account", a.ID)
	return a.service.call(ctx, 0, method, path, query, body, told)
}

// named gives the conditions that are there, each with its name.
func (c Conditions) named() [][2]string {
	var named [][2]string
	for _, condition := range [][2]string{{"phone", c.Phone}, {"status", c.Status}, {"q", c.Q}, {"app", c.App}} {
		if condition[1] != "" {
			named = append(named, condition)
		}
	}
	return named
}

func (c Conditions) query() url.Values {
	query := url.Values{}
	for _, condition := range c.named() {
		query.Set(condition[0], condition[1])
	}
	return query
}

// nearMiss is a message that fails some conditions.
type nearMiss struct {
	Phone, Text string
	Differs     []struct{ Member, Wanted, Found string }
}

// missed says what was waited for, and what nearly fitted.
func missed(found, count int, conditions Conditions, wait time.Duration, near []nearMiss) error {
	text := "no message"
	if count > 1 {
		text = fmt.Sprintf("%d of %d messages", found, count)
	}
	var wanted []string
	for _, condition := range conditions.named() {
		wanted = append(wanted, condition[0]+" "+condition[1])
	}
	if wanted == nil {
		wanted = []string{"any content"}
	}
	text += fmt.Sprintf(" with %s within %s", strings.Join(wanted, ", "), wait)
	for _, miss := range near {
		var differs []string
		for _, one := range miss.Differs {
			differs = append(differs, fmt.Sprintf("%s is %s, wanted %s", one.Member, one.Found, one.Wanted))
		}
		text += fmt.Sprintf("\n  near: to %s, %q: %s", miss.Phone, miss.Text, strings.Join(differs, ", "))
	}
	return errors.New(text)
}

package json

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

type inner struct {
	Hidden int
	shown  int
	Both   string
}

type texts []byte

type sample struct {
	*inner
	Nil      *string           `json:"Nil,omitnil,omitempty"`
	Empty    *string           `json:"Empty,omitnil,omitempty"`
	List     []*string         `json:"List,omitnil"`
	NilList  []string          `json:"NilList,omitnil"`
	Plain    []string          `json:"Plain"`
	Map      map[string]uint64 `json:",omitempty"`
	Any      interface{}
	Skipped  string `json:"-"`
	Quoted   int64  `json:",string"`
	Fraction float64
	Time     time.Time
	Raw      json.RawMessage
	Bytes    texts
	Both     string
}

func TestOmitnilKeepsWhatIsEmptyAndDropsWhatIsNil(t *testing.T) {
	empty, text := "", "a<b>&\u2028中\"\\"
	value := sample{Empty: &empty, List: []*string{}, Any: []interface{}{nil, &text, true, map[string]int{"b": 1, "a": 2}},
		Quoted: math.MinInt64, Fraction: 1e21, Raw: json.RawMessage(`{"a": 1}`), Bytes: texts("x"), Both: "outer"}
	got, err := Marshal(&value)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Empty":"","List":[],"Plain":null,"Any":[null,"a\u003cb\u003e\u0026\u2028中\"\\",true,{"a":2,"b":1}],` +
		`"Quoted":"-9223372036854775808","Fraction":1e+21,"Time":"0001-01-01T00:00:00Z","Raw":{"a":1},"Bytes":"eA==","Both":"outer"}`
	if string(got) != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestWhatIsEmptyIsDroppedOnRequest(t *testing.T) {
	OmitBehaviour = OmitEmpty
	defer func() { OmitBehaviour = OmitNil }()
	empty := ""
	got, err := Marshal(struct {
		Pointer *string  `json:",omitnil,omitempty"`
		List    []string `json:",omitnil,omitempty"`
		Text    string   `json:",omitempty"`
		Kept    string
	}{Pointer: &empty, List: []string{}})
	if err != nil || string(got) != `{"Pointer":"","Kept":""}` {
		t.Fatal(string(got), err)
	}
}

func TestWithoutOmitTheResultIsThatOfTheStandardPackage(t *testing.T) {
	type base struct {
		A int
		B string `json:"b"`
	}
	type other struct {
		A int
		C []byte
	}
	for _, value := range []interface{}{
		nil, 1, -1, uint8(255), true, "\x00\x7f\xff", 0.1, []int(nil), [2]bool{true}, map[int]string{2: "b", 1: "a"},
		struct {
			base
			other
			D *base
			E struct{ F map[string][]float32 }
		}{base: base{A: 1, B: "x"}, other: other{A: 2, C: []byte{1}}},
		struct {
			*base
			G json.Number
		}{G: "12345678901234567890"},
		struct {
			Named base `json:"n"`
			H     time.Duration
		}{},
	} {
		want, wantErr := json.Marshal(value)
		got, err := Marshal(value)
		if string(got) != string(want) || (err == nil) != (wantErr == nil) {
			t.Errorf("%#v: got %s (%v), want %s (%v)", value, got, err, want, wantErr)
		}
	}
	for _, value := range []interface{}{math.NaN(), func() {}, make(chan int), []interface{}{func() {}}} {
		if text, err := Marshal(value); err == nil {
			t.Errorf("%T gave %s", value, text)
		}
	}
}

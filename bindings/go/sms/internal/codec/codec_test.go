package codec

import (
	"encoding/json"
	"math"
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

type part struct {
	Text   *string  `json:",omitempty"`
	Number *uint64  `json:",omitempty"`
	Whole  *int64   `json:",omitempty"`
	Texts  []string `json:"-"`
	List   []*string
	Parts  []*part
	One    *part `json:",omitempty"`
}

func (p *part) append(out []byte) []byte {
	w := Begin(out)
	w.Text(`"Text":`, p.Text)
	w.Unsigned(`"Number":`, p.Number)
	w.Integer(`"Whole":`, p.Whole)
	w.Texts(`"List":`, p.List)
	WriteObjects(&w, `"Parts":`, p.Parts, (*part).append)
	WriteObject(&w, `"One":`, p.One, (*part).append)
	return w.End()
}

func (p *part) read(r *Reader) {
	for more := r.Open("part"); more; more = r.More() {
		switch r.Name() {
		case "Text":
			p.Text = r.Text("part.Text")
		case "Number":
			p.Number = r.Unsigned("part.Number")
		case "Whole":
			p.Whole = r.Integer("part.Whole")
		case "List":
			p.List = r.Texts("part.List")
		case "Parts":
			p.Parts = ReadObjects(r, "part.Parts", (*part).read)
		case "One":
			p.One = ReadObject(r, (*part).read)
		default:
			r.Skip()
		}
	}
}

func random(source *rand.Rand, depth int) *part {
	p := &part{List: []*string{}, Parts: []*part{}}
	texts := []string{"", "a", "中😀\u2028", "\"\\/\b\f\n\r\t\x00\x1f", strings.Repeat("x", 300)}
	if source.Intn(2) == 0 {
		p.Text = &texts[source.Intn(len(texts))]
	}
	if source.Intn(2) == 0 {
		number := source.Uint64()
		p.Number = &number
	}
	if source.Intn(2) == 0 {
		whole := int64(source.Uint64())
		p.Whole = &whole
	}
	for source.Intn(3) > 0 {
		if source.Intn(5) == 0 {
			p.List = append(p.List, nil)
			continue
		}
		p.List = append(p.List, &texts[source.Intn(len(texts))])
	}
	for depth > 0 && source.Intn(3) > 0 {
		p.Parts = append(p.Parts, random(source, depth-1))
	}
	if depth > 0 && source.Intn(2) == 0 {
		p.One = random(source, depth-1)
	}
	return p
}

func TestWhatIsWrittenIsWhatTheStandardPackageReadsAndTheReverse(t *testing.T) {
	source := rand.New(rand.NewSource(1))
	for round := 0; round < 500; round++ {
		model := random(source, 3)
		var byStandard, byReader part
		text := model.append(nil)
		if err := json.Unmarshal(text, &byStandard); err != nil || !reflect.DeepEqual(model, &byStandard) {
			t.Fatalf("%v %s", err, text)
		}
		text, err := json.MarshalIndent(model, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		r := NewReader(text)
		byReader.read(r)
		if err := r.End(); err != nil || !reflect.DeepEqual(model, &byReader) {
			t.Fatalf("%v %s", err, text)
		}
	}
}

func TestBytesThatAreNoTextStayAsTheyAre(t *testing.T) {
	text := "a\xff"
	if out := (&part{Text: &text}).append(nil); string(out) != "{\"Text\":\"a\xff\"}" {
		t.Fatalf("%q", out)
	}
}

func TestWhatDoesNotFitIsNamed(t *testing.T) {
	for text, says := range map[string]string{
		`{"Text":1}`:                          "a text for `part.Text`",
		`{"Number":"1"}`:                      "a whole number for `part.Number`",
		`{"Number":-1}`:                       "`part.Number` is -1",
		`{"Number":1.5}`:                      "`part.Number` is 1.5",
		`{"Number":18446744073709551616}`:     "18446744073709551616",
		`{"Whole":9223372036854775808}`:       "9223372036854775808",
		`{"List":{}}`:                         "a list for `part.List`",
		`{"List":["a" "b"]}`:                  "`,` or `]`",
		`{"Parts":[1]}`:                       "an object for `part`",
		`{"One":[]}`:                          "an object for `part`",
		`{"Text":"a"`:                         "ends",
		`{"Text":"a`:                          "ends within a text",
		`{"Text":"a\`:                         "ends within a text",
		`{"Text":"\x"}`:                       "cannot be read",
		`{"Text" "a"}`:                        "`:`",
		`{"Text":"a"} x`:                      "after its end",
		`{"New":}`:                            "a value",
		`{"New":[}`:                           "",
		`{"New":tru}`:                         "a value",
		``:                                    "an object for `part`",
		`[]`:                                  "an object for `part`",
		`{"New":` + strings.Repeat("[", 1000): "ends",
	} {
		var p part
		r := NewReader([]byte(text))
		p.read(r)
		if err := r.End(); err == nil && says != "" || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestNullIsNothingAndWhatIsUnknownIsPassedOver(t *testing.T) {
	text := `{"New":{"a":[1,{"b":"]}"},null,true,-1.5e3]},"Text":null,"Number":null,"Whole":null,"List":null,"Parts":[null],"One":null,"Other":"\"","Last":0}`
	var p part
	r := NewReader([]byte(text))
	p.read(r)
	if err := r.End(); err != nil || p.Text != nil || p.Number != nil || p.List != nil || len(p.Parts) != 1 || p.Parts[0] != nil || p.One != nil {
		t.Fatal(err, p)
	}
}

func TestAMemberThatIsNeededIsMissed(t *testing.T) {
	r := NewReader([]byte("{}"))
	(&part{}).read(r)
	r.Lacks("part", "List")
	if err := r.End(); err == nil || err.Error() != "`part` lacks its member `List`" {
		t.Fatal(err)
	}
}

func TestLargestAndSmallestNumbersAreExact(t *testing.T) {
	largest, smallest := uint64(math.MaxUint64), int64(math.MinInt64)
	text := (&part{Number: &largest, Whole: &smallest}).append(nil)
	var p part
	r := NewReader(text)
	p.read(r)
	if err := r.End(); err != nil || *p.Number != largest || *p.Whole != smallest {
		t.Fatal(err, string(text))
	}
}

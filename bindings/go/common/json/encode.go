// Values as JSON, by the tags of their structs.

package json

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
)

var (
	marshaler     = reflect.TypeOf((*json.Marshaler)(nil)).Elem()
	textMarshaler = reflect.TypeOf((*encoding.TextMarshaler)(nil)).Elem()
)

// member is a member of a struct.
type member struct {
	name string
	// key is the name as JSON with its colon.
	key    []byte
	index  []int
	omits  bool
	tagged bool
	quoted bool
}

// members by the type of the struct.
var members sync.Map

func encode(out []byte, v interface{}) ([]byte, error) {
	return appendValue(out, reflect.ValueOf(v))
}

func appendValue(out []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(out, "null"...), nil
	}
	if isNil(v) {
		return append(out, "null"...), nil
	}
	if v.Kind() != reflect.Interface && v.CanInterface() {
		if v.Type().Implements(marshaler) || v.Type().Implements(textMarshaler) {
			return appendByStandard(out, v.Interface())
		}
		if v.CanAddr() {
			pointer := v.Addr()
			if pointer.Type().Implements(marshaler) || pointer.Type().Implements(textMarshaler) {
				return appendByStandard(out, pointer.Interface())
			}
		}
	}
	switch v.Kind() {
	case reflect.Ptr, reflect.Interface:
		return appendValue(out, v.Elem())
	case reflect.Struct:
		return appendStruct(out, v)
	case reflect.Map:
		return appendMap(out, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return appendByStandard(out, v.Interface())
		}
		return appendList(out, v)
	case reflect.Array:
		return appendList(out, v)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(out, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(out, v.Uint(), 10), nil
	case reflect.Bool:
		return strconv.AppendBool(out, v.Bool()), nil
	}
	// Texts, fractions, and what has no form at all.
	return appendByStandard(out, v.Interface())
}

func appendByStandard(out []byte, v interface{}) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(out, text...), err
}

func appendStruct(out []byte, v reflect.Value) ([]byte, error) {
	out = append(out, '{')
	start := len(out)
	for _, member := range membersOf(v.Type()) {
		value, there := field(v, member.index)
		if !there || member.omits && leftOut(value) {
			continue
		}
		if len(out) > start {
			out = append(out, ',')
		}
		out = append(out, member.key...)
		before := len(out)
		var err error
		if out, err = appendValue(out, value); err != nil {
			return nil, err
		}
		if member.quoted && string(out[before:]) != "null" {
			text := string(out[before:])
			if out, err = appendByStandard(out[:before], text); err != nil {
				return nil, err
			}
		}
	}
	return append(out, '}'), nil
}

// field gives a field through embedded pointers; false when one of them is nil.
func field(v reflect.Value, index []int) (reflect.Value, bool) {
	for place, i := range index {
		if place > 0 && v.Kind() == reflect.Ptr {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

func appendList(out []byte, v reflect.Value) ([]byte, error) {
	out = append(out, '[')
	for i := 0; i < v.Len(); i++ {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendValue(out, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendMap(out []byte, v reflect.Value) ([]byte, error) {
	if v.Type().Key().Kind() != reflect.String {
		// Other keys are rare and have rules of their own.
		return appendByStandard(out, v.Interface())
	}
	keys := v.MapKeys()
	sort.Slice(keys, func(a, b int) bool { return keys[a].String() < keys[b].String() })
	out = append(out, '{')
	for i, key := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendByStandard(out, key.String()); err != nil {
			return nil, err
		}
		out = append(out, ':')
		if out, err = appendValue(out, v.MapIndex(key)); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Ptr, reflect.Interface, reflect.Slice, reflect.Map:
		return v.IsNil()
	}
	return false
}

func leftOut(v reflect.Value) bool {
	if isNil(v) {
		return true
	}
	if OmitBehaviour == OmitNil {
		return false
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct, reflect.Ptr, reflect.Interface:
		return false
	}
	return v.IsZero()
}

func membersOf(t reflect.Type) []member {
	if known, ok := members.Load(t); ok {
		return known.([]member)
	}
	var all []member
	for _, field := range reflect.VisibleFields(t) {
		if candidate, ok := memberOf(t, field); ok {
			all = append(all, candidate)
		}
	}
	known, _ := members.LoadOrStore(t, dominant(all))
	return known.([]member)
}

func memberOf(t reflect.Type, field reflect.StructField) (member, bool) {
	tag := field.Tag.Get("json")
	if tag == "-" || (!field.IsExported() && !field.Anonymous) {
		return member{}, false
	}
	words := strings.Split(tag, ",")
	if field.Anonymous && words[0] == "" {
		inner := field.Type
		if inner.Kind() == reflect.Ptr {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct || !field.IsExported() {
			// Its fields are members in its place, and come by themselves.
			return member{}, false
		}
	}
	if !field.IsExported() || !reachable(t, field.Index) {
		return member{}, false
	}
	found := member{name: words[0], index: field.Index, tagged: words[0] != ""}
	if found.name == "" {
		found.name = field.Name
	}
	for _, word := range words[1:] {
		switch word {
		case "omitnil", "omitempty":
			found.omits = true
		case "string":
			found.quoted = true
		}
	}
	key, _ := json.Marshal(found.name)
	found.key = append(key, ':')
	return found, true
}

// reachable tells whether the structs on the way to a field are embedded without a name of their own in JSON.
func reachable(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t.Kind() == reflect.Ptr {
			t = t.Elem()
		}
		on := t.Field(i)
		if on.Tag.Get("json") == "-" || strings.Split(on.Tag.Get("json"), ",")[0] != "" {
			return false
		}
		t = on.Type
	}
	return true
}

// dominant keeps of those with the same name the one nearest to the top, or none if that is not clear.
func dominant(all []member) []member {
	best := map[string]int{}
	var kept []member
	for place, one := range all {
		other, known := best[one.name]
		switch {
		case !known:
			best[one.name] = place
		case other < 0:
			if len(one.index) < -other {
				best[one.name] = place
			}
		case len(one.index) < len(all[other].index) || len(one.index) == len(all[other].index) && one.tagged && !all[other].tagged:
			best[one.name] = place
		case len(one.index) == len(all[other].index) && one.tagged == all[other].tagged:
			best[one.name] = -len(one.index)
		}
	}
	for place, one := range all {
		if best[one.name] == place {
			kept = append(kept, one)
		}
	}
	return kept
}

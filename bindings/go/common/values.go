// Pointers to values, which the fields of requests and responses are.

package common

// IntPtr gives a pointer to v.
func IntPtr(v int) *int { return &v }

// Int64Ptr gives a pointer to v.
func Int64Ptr(v int64) *int64 { return &v }

// UintPtr gives a pointer to v.
func UintPtr(v uint) *uint { return &v }

// Uint64Ptr gives a pointer to v.
func Uint64Ptr(v uint64) *uint64 { return &v }

// Float64Ptr gives a pointer to v.
func Float64Ptr(v float64) *float64 { return &v }

// BoolPtr gives a pointer to v.
func BoolPtr(v bool) *bool { return &v }

// StringPtr gives a pointer to v.
func StringPtr(v string) *string { return &v }

// StringValues gives the texts that ptrs point to, "" for nil.
func StringValues(ptrs []*string) []string {
	values := make([]string, len(ptrs))
	for i, pointer := range ptrs {
		if pointer != nil {
			values[i] = *pointer
		}
	}
	return values
}

// IntPtrs gives pointers to vals, which are not copied.
func IntPtrs(vals []int) []*int {
	ptrs := make([]*int, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

// Int64Ptrs gives pointers to vals, which are not copied.
func Int64Ptrs(vals []int64) []*int64 {
	ptrs := make([]*int64, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

// UintPtrs gives pointers to vals, which are not copied.
func UintPtrs(vals []uint) []*uint {
	ptrs := make([]*uint, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

// Uint64Ptrs gives pointers to vals, which are not copied.
func Uint64Ptrs(vals []uint64) []*uint64 {
	ptrs := make([]*uint64, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

// Float64Ptrs gives pointers to vals, which are not copied.
func Float64Ptrs(vals []float64) []*float64 {
	ptrs := make([]*float64, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

// BoolPtrs gives pointers to vals, which are not copied.
func BoolPtrs(vals []bool) []*bool {
	ptrs := make([]*bool, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

// StringPtrs gives pointers to vals, which are not copied.
func StringPtrs(vals []string) []*string {
	ptrs := make([]*string, len(vals))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	return ptrs
}

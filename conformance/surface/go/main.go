// Program main says which lines of Go's public surface two modules do not cover: main COMMON SMS LINES FOUND.
//
// For each line it writes a line of Go that uses the name in the one way that its signature allows: a pointer to a field, a
// function as a value of its type, a constant as a key that may not stand twice. The type checker then judges them all.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

const root = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/"

// Names by which the official sources import packages, where it is not the last element of the path.
var aliases = map[string]string{
	"tchttp":  root + "common/http",
	"tcerr":   root + "common/errors",
	"profile": root + "common/profile",
	"common":  root + "common",
	"http":    "net/http",
	"context": "context",
	"io":      "io",
	"time":    "time",
	"json":    "encoding/json",
	"bufio":   "bufio",
	"log":     "log",
}

// A tag and the blank before the next field.
var betweenFields = regexp.MustCompile("(`[^`]*`) ")

// A row is one line of the surface.
type row struct {
	module, kind, owner, name, signature string
}

// A world loads packages: those of the two modules from their folders, all others from Go's own sources.
type world struct {
	files       *token.FileSet
	common, sms string
	standard    types.Importer
	loaded      map[string]*types.Package
	failures    map[string][]string
}

func (w *world) Import(path string) (*types.Package, error) {
	if found := w.loaded[path]; found != nil {
		return found, nil
	}
	folder := w.folder(path)
	if folder == "" {
		return w.standard.Import(path)
	}
	context := build.Default
	context.CgoEnabled = true
	described, err := context.ImportDir(folder, 0)
	if err != nil {
		return nil, err
	}
	var sources []*ast.File
	for _, name := range append(described.GoFiles, described.CgoFiles...) {
		source, err := parser.ParseFile(w.files, filepath.Join(folder, name), nil, 0)
		if err != nil {
			return nil, err
		}
		sources = append(sources, source)
	}
	checker := types.Config{Importer: w, FakeImportC: true, Error: func(err error) {
		w.failures[path] = append(w.failures[path], err.Error())
	}}
	found, _ := checker.Check(path, w.files, sources, nil)
	w.loaded[path] = found
	return found, nil
}

// The folder of a package of the two modules, or nothing.
func (w *world) folder(path string) string {
	for prefix, folder := range map[string]string{root + "common": w.common, root + "sms": w.sms} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return filepath.Join(folder, strings.TrimPrefix(path, prefix))
		}
	}
	return ""
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: main COMMON SMS LINES FOUND")
		os.Exit(2)
	}
	files := token.NewFileSet()
	build.Default.CgoEnabled = false
	w := &world{files, os.Args[1], os.Args[2], importer.ForCompiler(files, "source", nil), map[string]*types.Package{}, map[string][]string{}}
	rows := read(os.Args[3])
	missing := map[int]string{}
	byModule := map[string][]int{}
	for number, it := range rows {
		byModule[it.module] = append(byModule[it.module], number)
	}
	for module, numbers := range byModule {
		w.check(module, numbers, rows, missing)
	}
	write(os.Args[4], missing)
}

func read(path string) []row {
	file, err := os.Open(path)
	if err != nil {
		fail(err)
	}
	defer file.Close()
	var rows []row
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		rows = append(rows, row{cells[0], cells[1], cells[2], cells[3], cells[4]})
	}
	if err := lines.Err(); err != nil {
		fail(err)
	}
	return rows
}

func write(path string, missing map[int]string) {
	var numbers []int
	for number := range missing {
		numbers = append(numbers, number)
	}
	sort.Ints(numbers)
	var out strings.Builder
	for _, number := range numbers {
		fmt.Fprintf(&out, "%d\t%s\n", number, strings.Join(strings.Fields(missing[number]), " "))
	}
	out.WriteString("done\n")
	if err := os.WriteFile(path, []byte(out.String()), 0o666); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Checks the lines of one package.
func (w *world) check(module string, numbers []int, rows []row, missing map[int]string) {
	p, err := w.Import(module)
	if err != nil {
		for _, number := range numbers {
			missing[number] = "the package cannot be read: " + err.Error()
		}
		return
	}
	if broken := w.failures[module]; len(broken) > 0 {
		fmt.Fprintln(os.Stderr, module, "does not compile:", strings.Join(broken, "; "))
	}
	var source strings.Builder
	source.WriteString("package check\n")
	fmt.Fprintf(&source, "import p %q\n", module)
	for alias, path := range aliases {
		if path != module {
			fmt.Fprintf(&source, "import %s %q\n", alias, path)
		}
	}
	line := strings.Count(source.String(), "\n")
	at := map[int]int{}
	for _, number := range numbers {
		text, err := use(rows[number], aliasOf(module))
		if err != nil {
			missing[number] = "the line cannot be read: " + err.Error()
			continue
		}
		line++
		at[line] = number
		source.WriteString(text + "\n")
	}
	file, err := parser.ParseFile(w.files, "check.go", source.String(), 0)
	if err != nil {
		fail(fmt.Errorf("%s: %v", module, err))
	}
	checker := types.Config{Importer: w, Error: func(err error) {
		fault, ok := err.(types.Error)
		if !ok {
			return
		}
		if number, known := at[w.files.Position(fault.Pos).Line]; known && missing[number] == "" {
			missing[number] = fault.Msg
		}
	}}
	_, _ = checker.Check("check", w.files, []*ast.File{file}, nil)
	for _, number := range numbers {
		if missing[number] == "" {
			if fault := tags(p, rows[number]); fault != "" {
				missing[number] = fault
			}
		}
	}
}

// The name by which other packages of the official sources know this one.
func aliasOf(module string) string {
	for alias, path := range aliases {
		if path == module {
			return alias
		}
	}
	return ""
}

// A line of Go that compiles only when the name is there with its signature.
func use(it row, self string) (string, error) {
	signature := strings.TrimSpace(strings.Split(it.signature, " ; ")[0])
	owner := "p." + it.owner
	switch it.kind {
	case "const":
		declaration, value, _ := strings.Cut(signature, " = ")
		if value == "" || strings.Contains(value, "iota") {
			return "const _ = p." + it.name, nil
		}
		if words := strings.Fields(declaration); len(words) == 3 && ast.IsExported(words[2]) {
			return fmt.Sprintf("const _ p.%s = p.%s", words[2], it.name), nil
		}
		return fmt.Sprintf("var _ = map[bool]int{false: 0, p.%s == (%s): 1}", it.name, value), nil
	case "class", "interface":
		body := strings.TrimPrefix(signature, "type "+it.name+" ")
		switch {
		case body == "struct":
			return fmt.Sprintf("var _ = p.%s{}", it.name), nil
		case body == "interface":
			return fmt.Sprintf("func _(x p.%s) { _ = x.(interface{}) }", it.name), nil
		}
		underlying, err := typed(strings.TrimPrefix(body, "= "), self)
		return fmt.Sprintf("var _ %s = *new(p.%s)", underlying, it.name), err
	case "field":
		if it.owner == "-" {
			kind := strings.TrimPrefix(signature, "var "+it.name+" ")
			if strings.HasPrefix(kind, "=") {
				return "var _ = &p." + it.name, nil
			}
			kind, err := typed(strings.Split(kind, " = ")[0], self)
			return fmt.Sprintf("var _ *(%s) = &p.%s", kind, it.name), err
		}
		kind, err := fieldType(signature, self)
		return fmt.Sprintf("var _ *(%s) = &new(%s).%s", kind, owner, it.name), err
	case "function":
		kind, err := typed("func"+strings.TrimPrefix(signature, "func "+it.name), self)
		return fmt.Sprintf("var _ %s = p.%s", kind, it.name), err
	case "method":
		receiver := owner
		rest := strings.TrimPrefix(signature, it.name)
		if strings.HasPrefix(signature, "func (") {
			end := strings.Index(signature, ")")
			if strings.HasPrefix(signature, "func (*") {
				receiver = "*" + owner
			}
			rest = strings.TrimPrefix(strings.TrimSpace(signature[end+1:]), it.name)
		}
		kind, err := typed("func"+rest, self)
		if err != nil {
			return "", err
		}
		// The receiver is the first parameter of a method as a value. Named and unnamed parameters do not mix.
		expression, err := parser.ParseExpr(kind)
		if err != nil {
			return "", err
		}
		function := expression.(*ast.FuncType)
		parsed, err := parser.ParseExpr(receiver)
		if err != nil {
			return "", err
		}
		first := &ast.Field{Type: parsed}
		for _, parameter := range function.Params.List {
			if len(parameter.Names) > 0 {
				first.Names = []*ast.Ident{ast.NewIdent("_")}
			}
		}
		function.Params.List = append([]*ast.Field{first}, function.Params.List...)
		return fmt.Sprintf("var _ %s = (%s).%s", text(function), receiver, it.name), nil
	}
	return "", fmt.Errorf("unknown kind %s", it.kind)
}

// A type of the official sources, written from outside its package.
func typed(source, self string) (string, error) {
	expression, err := parser.ParseExpr(source)
	if err != nil {
		return "", fmt.Errorf("%s: %v", source, err)
	}
	return text(outside(expression, self)), nil
}

// The type of a field's declaration.
func fieldType(source, self string) (string, error) {
	// Structs within stand on one line, where Go wants their fields apart.
	source = betweenFields.ReplaceAllString(source, "$1; ")
	expression, err := parser.ParseExpr("struct {" + source + "}")
	if err != nil {
		return "", fmt.Errorf("%s: %v", source, err)
	}
	return text(outside(expression.(*ast.StructType).Fields.List[0].Type, self)), nil
}

func text(node ast.Node) string {
	var out bytes.Buffer
	if err := printer.Fprint(&out, token.NewFileSet(), node); err != nil {
		fail(err)
	}
	// On one line, as each line of the surface is.
	return strings.NewReplacer("{\n", "{", "\n", ";").Replace(out.String())
}

// Puts the package before every name of it.
func outside(expression ast.Expr, self string) ast.Expr {
	switch it := expression.(type) {
	case *ast.Ident:
		if types.Universe.Lookup(it.Name) == nil {
			return &ast.SelectorExpr{X: ast.NewIdent("p"), Sel: it}
		}
	case *ast.SelectorExpr:
		if qualifier, ok := it.X.(*ast.Ident); ok && self != "" && qualifier.Name == self {
			return &ast.SelectorExpr{X: ast.NewIdent("p"), Sel: it.Sel}
		}
	case *ast.StarExpr:
		it.X = outside(it.X, self)
	case *ast.ArrayType:
		it.Elt = outside(it.Elt, self)
	case *ast.MapType:
		it.Key, it.Value = outside(it.Key, self), outside(it.Value, self)
	case *ast.ChanType:
		it.Value = outside(it.Value, self)
	case *ast.Ellipsis:
		it.Elt = outside(it.Elt, self)
	case *ast.ParenExpr:
		it.X = outside(it.X, self)
	case *ast.FuncType:
		for _, list := range []*ast.FieldList{it.Params, it.Results} {
			if list != nil {
				for _, field := range list.List {
					field.Type = outside(field.Type, self)
				}
			}
		}
	case *ast.StructType:
		// Written on one line, which is what this file needs.
		for _, field := range it.Fields.List {
			field.Type = outside(field.Type, self)
		}
	}
	return expression
}

// What differs in the tag of a field: what encoding/json reads, and the name that the tag gives.
func tags(p *types.Package, it row) string {
	start := strings.IndexByte(it.signature, '`')
	if it.kind != "field" || it.owner == "-" || start < 0 || strings.Contains(it.signature, "struct {") {
		return ""
	}
	wanted, err := strconv.Unquote(it.signature[start : strings.LastIndexByte(it.signature, '`')+1])
	if err != nil {
		return "the tag cannot be read: " + err.Error()
	}
	structure, ok := p.Scope().Lookup(it.owner).Type().Underlying().(*types.Struct)
	if !ok {
		return "its owner is no struct"
	}
	for place := 0; place < structure.NumFields(); place++ {
		if structure.Field(place).Name() != it.name {
			continue
		}
		for _, key := range []string{"json", "name"} {
			want, found := reflect.StructTag(wanted).Get(key), reflect.StructTag(structure.Tag(place)).Get(key)
			if want != found {
				return fmt.Sprintf("its tag %s is %q", key, found)
			}
		}
		return ""
	}
	// Promoted from an embedded struct: the tag is read there too.
	return ""
}

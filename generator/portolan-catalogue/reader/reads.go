package main

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// Functions that decode all properties into a struct, and the packages that they stand in.
var decoders = []string{"DecodeMetadata", "Decode", "WeakDecode"}

var decoderPackages = []string{"github.com/dapr/kit/metadata", "github.com/dapr/kit/config", "github.com/mitchellh/mapstructure",
	"github.com/go-viper/mapstructure/v2"}

func calledName(call *ast.CallExpr) string {
	switch function := call.Fun.(type) {
	case *ast.Ident:
		return function.Name
	case *ast.SelectorExpr:
		return function.Sel.Name
	}
	return ""
}

// calledPackage is the package before the dot, where there is one.
func (w *walk) calledPackage(call *ast.CallExpr) string {
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
		if name, ok := selector.X.(*ast.Ident); ok {
			if imported, ok := w.pkg.info.Uses[name].(*types.PkgName); ok {
				return imported.Imported().Path()
			}
		}
	}
	return ""
}

func (w *walk) call(call *ast.CallExpr) {
	name, from := calledName(call), w.calledPackage(call)
	metadata := from == w.loader.modulePath+"/metadata"
	switch {
	case slices.Contains(decoders, name) && len(call.Args) == 2 && (metadata || slices.Contains(decoderPackages, from)):
		w.decode(call)
		return
	case strings.HasPrefix(name, "GetMetadataProperty") && len(call.Args) > 1:
		if w.originOf(call.Args[0]) == properties {
			w.lookUp(call, call.Args[1:])
		}
		return
	case name == "GetProperty" && len(call.Args) > 0 && from == "":
		w.lookUp(call, call.Args)
		return
	case name == "DecodeConfigWithPrefix" && len(call.Args) == 3:
		w.backOff(call)
		return
	case name == "new" && len(call.Args) == 1:
		w.make(w.pkg.info.TypeOf(call.Args[0]))
	}
	function := w.callee(call)
	if function == nil {
		return
	}
	if name == "TypedConfig" && len(call.Args) == 1 {
		w.typed(call)
	}
	w.readNamed(function, call)
	next := visit{function: function}
	for i, argument := range call.Args[:min(len(call.Args), len(next.parameters))] {
		next.parameters[i] = w.originOf(argument)
	}
	w.reach(next)
}

// The fields of the retry settings in github.com/dapr/kit/retry, and what each holds.
var backOff = map[string]string{"Policy": "string", "Duration": "time.Duration", "InitialInterval": "time.Duration",
	"RandomizationFactor": "float32", "Multiplier": "float32", "MaxInterval": "time.Duration", "MaxElapsedTime": "time.Duration",
	"MaxRetries": "int64"}

// backOff notes the keys of retry settings, which are told by a prefix in its exact case.
func (w *walk) backOff(call *ast.CallExpr) {
	prefix, ok := text(w.pkg.info, call.Args[2])
	if !ok || w.originOf(call.Args[1]) != properties {
		return
	}
	for name, kind := range backOff {
		w.report.add(&Key{Name: prefix + name, Type: kind, Exact: true, At: w.at(call.Pos())})
	}
}

// readNamed notes the keys whose names a call hands over.
func (w *walk) readNamed(function *types.Func, call *ast.CallExpr) {
	parameters := function.Origin().Type().(*types.Signature).Params()
	for i := range min(parameters.Len(), len(call.Args)) {
		if key, ok := w.named[parameters.At(i)]; ok {
			w.read(key, call.Args[i])
		}
	}
}

func (w *walk) callee(call *ast.CallExpr) *types.Func {
	var name *ast.Ident
	switch function := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		name = function
	case *ast.SelectorExpr:
		name = function.Sel
	default:
		return nil
	}
	function, _ := w.pkg.info.Uses[name].(*types.Func)
	return function
}

func (w *walk) lookUp(call *ast.CallExpr, arguments []ast.Expr) {
	var names []string
	for _, argument := range arguments {
		if name, ok := text(w.pkg.info, argument); ok {
			names = append(names, name)
		} else {
			names = append(names, w.listed(argument)...)
		}
	}
	if len(names) == 0 {
		w.read(Key{At: w.at(call.Pos())}, ast.Unparen(arguments[0]))
		return
	}
	w.report.add(&Key{Name: names[0], Aliases: names[1:], At: w.at(call.Pos())})
}

// listed resolves `Keys["Name"]...` for a package-level map of lists.
func (w *walk) listed(expression ast.Expr) []string {
	index, ok := expression.(*ast.IndexExpr)
	if !ok {
		return nil
	}
	key, known := text(w.pkg.info, index.Index)
	if !known {
		return nil
	}
	switch of := index.X.(type) {
	case *ast.Ident:
		return w.loader.lists[w.object(of)][key]
	case *ast.SelectorExpr:
		return w.loader.lists[w.object(of.Sel)][key]
	}
	return nil
}

// decode notes the fields of the struct that properties are decoded into. What comes with a request is another map.
func (w *walk) decode(call *ast.CallExpr) {
	if selector, ok := call.Args[0].(*ast.SelectorExpr); ok && selector.Sel.Name == "Metadata" || w.scalers {
		return
	}
	if structure := structOf(w.pkg.info.TypeOf(call.Args[1])); structure != nil {
		w.fields(structure)
	} else {
		w.report.Unresolved = append(w.report.Unresolved, w.place(call.Pos()))
	}
}

// structOf is the struct behind pointers and names.
func structOf(t types.Type) *types.Struct {
	for {
		pointer, ok := t.(*types.Pointer)
		if !ok {
			break
		}
		t = pointer.Elem()
	}
	if t == nil {
		return nil
	}
	structure, _ := t.Underlying().(*types.Struct)
	return structure
}

func (w *walk) fields(structure *types.Struct) {
	for i := range structure.NumFields() {
		field := structure.Field(i)
		tag := reflect.StructTag(structure.Tag(i))
		parts := strings.Split(tag.Get("mapstructure"), ",")
		if !field.Exported() && !field.Embedded() || parts[0] == "-" {
			continue
		}
		if slices.Contains(parts[1:], "squash") {
			if structure := structOf(field.Type()); structure != nil {
				w.fields(structure)
			}
			continue
		}
		written := ""
		if expression := w.loader.fields[field]; expression != nil {
			written = types.ExprString(expression)
		}
		if !field.Exported() || !holdsText(written, field.Type()) {
			continue
		}
		name := parts[0]
		if name == "" {
			name = field.Name()
		}
		key := &Key{Name: name, Type: written, At: w.at(field.Pos())}
		for _, list := range []string{tag.Get("mapstructurealiases"), tag.Get("mdaliases")} {
			if list != "" {
				key.Aliases = append(key.Aliases, strings.Split(list, ",")...)
			}
		}
		w.report.add(key)
	}
}

// holdsText tells whether a text can be decoded into a field of that type.
func holdsText(written string, t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Signature, *types.Chan, *types.Map, *types.Interface:
		return false
	case *types.Struct:
		return strings.Contains(written, "ByteSize") || strings.Contains(written, "Duration")
	}
	return !strings.HasPrefix(written, "map[") && !strings.HasPrefix(written, "func(")
}

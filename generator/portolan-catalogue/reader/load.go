package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Package is a type-checked package of the module.
type Package struct {
	path  string
	types *types.Package
	info  *types.Info
	files []*ast.File
}

type loader struct {
	root, modulePath string
	fset             *token.FileSet
	packages         map[string]*Package
	foreign          map[string]*types.Package
	// functions and where each is declared
	functions map[*types.Func]declaration
	// methods of the module's own types
	methods map[*types.TypeName][]*types.Func
	// fields and how each is written
	fields map[*types.Var]ast.Expr
	// lists are the package-level maps from a text to a list of texts
	lists map[types.Object]map[string][]string
}

type declaration struct {
	syntax *ast.FuncDecl
	pkg    *Package
}

func newLoader(root, modulePath string) *loader {
	return &loader{
		root: root, modulePath: modulePath, fset: token.NewFileSet(),
		packages: map[string]*Package{}, foreign: map[string]*types.Package{},
		functions: map[*types.Func]declaration{}, methods: map[*types.TypeName][]*types.Func{},
		fields: map[*types.Var]ast.Expr{}, lists: map[types.Object]map[string][]string{},
	}
}

// Import serves the type checker: the module's packages are loaded, all others are empty.
func (l *loader) Import(importPath string) (*types.Package, error) {
	if l.owns(importPath) {
		if pkg := l.load(importPath); pkg != nil {
			return pkg.types, nil
		}
	}
	if l.foreign[importPath] == nil {
		pkg := types.NewPackage(importPath, guessName(importPath))
		pkg.MarkComplete()
		l.foreign[importPath] = pkg
	}
	return l.foreign[importPath], nil
}

func (l *loader) owns(importPath string) bool {
	return importPath == l.modulePath || strings.HasPrefix(importPath, l.modulePath+"/")
}

var version = regexp.MustCompile(`^v[0-9]+$`)

func guessName(importPath string) string {
	name := path.Base(importPath)
	if version.MatchString(name) {
		name = path.Base(path.Dir(importPath))
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "go-"), ".go")
	return strings.ReplaceAll(name, "-", "_")
}

func (l *loader) load(importPath string) *Package {
	if pkg, known := l.packages[importPath]; known {
		return pkg
	}
	l.packages[importPath] = nil
	files := l.parse(filepath.Join(l.root, strings.TrimPrefix(importPath, l.modulePath)))
	if len(files) == 0 {
		return nil
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	// What other modules declare is unknown here; the errors that follow from it say nothing.
	config := types.Config{Importer: l, Error: func(error) {}, FakeImportC: true}
	checked, _ := config.Check(importPath, l.fset, files, info)
	pkg := &Package{path: importPath, types: checked, info: info, files: files}
	l.packages[importPath] = pkg
	for _, file := range files {
		l.index(pkg, file)
	}
	return pkg
}

// parse reads the files that a plain build would compile.
func (l *loader) parse(folder string) []*ast.File {
	context := build.Default
	context.CgoEnabled = false
	return l.parseThose(folder, func(name string) bool {
		matches, err := context.MatchFile(folder, name)
		return err == nil && matches
	})
}

// parseAll reads the files whatever their build tags are.
func (l *loader) parseAll(folder string) []*ast.File {
	return l.parseThose(folder, func(string) bool { return true })
}

func (l *loader) parseThose(folder string, wanted func(string) bool) []*ast.File {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var files []*ast.File
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || !wanted(name) {
			continue
		}
		file, err := parser.ParseFile(l.fset, filepath.Join(folder, name), nil, parser.SkipObjectResolution|parser.ParseComments)
		if err == nil {
			files = append(files, file)
		}
	}
	return files
}

// index remembers functions, methods, fields and lists of one file.
func (l *loader) index(pkg *Package, file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if function, ok := pkg.info.Defs[node.Name].(*types.Func); ok {
				l.functions[function] = declaration{node, pkg}
				if owner := receiver(function); owner != nil {
					l.methods[owner] = append(l.methods[owner], function)
				}
			}
		case *ast.StructType:
			for _, field := range node.Fields.List {
				names := field.Names
				if len(names) == 0 {
					names = embeddedName(field.Type)
				}
				for _, name := range names {
					if variable, ok := pkg.info.Defs[name].(*types.Var); ok {
						l.fields[variable] = field.Type
					}
				}
			}
		case *ast.ValueSpec:
			for i, name := range node.Names {
				if i < len(node.Values) {
					l.indexList(pkg, name, node.Values[i])
				}
			}
		}
		return true
	})
}

func (l *loader) indexList(pkg *Package, name *ast.Ident, value ast.Expr) {
	literal, ok := value.(*ast.CompositeLit)
	object := pkg.info.Defs[name]
	if !ok || object == nil || object.Parent() != pkg.types.Scope() {
		return
	}
	lists := map[string][]string{}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		names, ok := pair.Value.(*ast.CompositeLit)
		key, known := text(pkg.info, pair.Key)
		if !ok || !known {
			return
		}
		for _, name := range names.Elts {
			if name, ok := text(pkg.info, name); ok {
				lists[key] = append(lists[key], name)
			}
		}
	}
	l.lists[object] = lists
}

func embeddedName(expression ast.Expr) []*ast.Ident {
	switch expression := expression.(type) {
	case *ast.Ident:
		return []*ast.Ident{expression}
	case *ast.StarExpr:
		return embeddedName(expression.X)
	case *ast.SelectorExpr:
		return []*ast.Ident{expression.Sel}
	}
	return nil
}

// receiver is the type whose method a function is.
func receiver(function *types.Func) *types.TypeName {
	signature, ok := function.Type().(*types.Signature)
	if !ok || signature.Recv() == nil {
		return nil
	}
	return typeName(signature.Recv().Type())
}

func typeName(t types.Type) *types.TypeName {
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj()
	}
	return nil
}

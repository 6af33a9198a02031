package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// Registration is one call that makes a component type known to daprd.
type Registration struct {
	// Block is the registry's package below pkg/components.
	Block string   `json:"block"`
	Names []string `json:"names"`
	// Packages are the folders of the constructors below the components' module, by version; the version is empty where there is one.
	Packages map[string]string `json:"packages"`
	// Tags are the build tags under which the file is compiled.
	Tags string `json:"tags"`
	// Direction is input or output for bindings.
	Direction string `json:"direction,omitempty"`
	At        string `json:"at"`
}

const (
	componentsModule = "github.com/dapr/components-contrib/"
	registries       = "github.com/dapr/dapr/pkg/components/"
)

// registrations reads daprd's list of components, which is syntax only: nothing has to be type-checked.
func registrations(l *loader) []Registration {
	var found []Registration
	for _, file := range l.parseAll(l.root) {
		imports := map[string]string{}
		for _, imported := range file.Imports {
			importPath, _ := strconv.Unquote(imported.Path.Value)
			name := guessName(importPath)
			if imported.Name != nil {
				name = imported.Name.Name
			}
			imports[name] = importPath
		}
		tags := ""
		for _, group := range file.Comments {
			if line := group.List[0].Text; strings.HasPrefix(line, "//go:build ") {
				tags = strings.TrimPrefix(line, "//go:build ")
			}
		}
		at := filepath.Base(l.fset.Position(file.Pos()).Filename)
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok && strings.HasPrefix(calledName(call), "Register") {
				registration := Registration{Packages: map[string]string{}, Tags: tags, At: at}
				if registration.read(call, imports) {
					found = append(found, registration)
				}
			}
			return true
		})
	}
	return found
}

func (r *Registration) read(call *ast.CallExpr, imports map[string]string) bool {
	registry := packageOf(call.Fun, imports)
	if !strings.HasPrefix(registry, registries) {
		return false
	}
	r.Block = strings.TrimPrefix(registry, registries)
	switch calledName(call) {
	case "RegisterInputBinding":
		r.Direction = "input"
	case "RegisterOutputBinding":
		r.Direction = "output"
	}
	for _, argument := range call.Args {
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			r.Names = append(r.Names, unquoted(literal))
			continue
		}
		r.constructors(argument, imports)
	}
	return len(r.Names) > 0
}

// constructors takes the packages of the constructors in an argument, with the versions that stand beside them.
func (r *Registration) constructors(argument ast.Expr, imports map[string]string) {
	version := ""
	ast.Inspect(argument, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.KeyValueExpr:
			if name, ok := node.Key.(*ast.Ident); ok && name.Name == "Version" {
				if literal, ok := node.Value.(*ast.BasicLit); ok {
					version = unquoted(literal)
				}
			}
		case *ast.SelectorExpr:
			if from := packageOf(node, imports); strings.HasPrefix(from, componentsModule) && r.Packages[version] == "" {
				folder := strings.TrimPrefix(from, componentsModule)
				if strings.Contains(folder, "/") {
					r.Packages[version] = folder
				}
			}
		}
		return true
	})
}

// packageOf is the import path of the leftmost name of a chain of selectors.
func packageOf(expression ast.Expr, imports map[string]string) string {
	for {
		selector, ok := expression.(*ast.SelectorExpr)
		if !ok {
			break
		}
		expression = selector.X
	}
	if name, ok := expression.(*ast.Ident); ok {
		return imports[name.Name]
	}
	return ""
}

func unquoted(literal *ast.BasicLit) string {
	return constant.StringVal(constant.MakeFromLiteral(literal.Value, literal.Kind, 0))
}

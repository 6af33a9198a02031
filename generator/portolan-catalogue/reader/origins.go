package main

import (
	"go/ast"
	"go/types"
)

// origin is what a map of texts holds.
type origin byte

const (
	elsewhere origin = iota
	// properties of a component
	properties
	// metadata of a trigger
	trigger
	// parameters of an authentication
	authentication
)

func (w *walk) taintParameters(next visit) {
	parameters := next.function.Type().(*types.Signature).Params()
	for i := range min(parameters.Len(), len(next.parameters)) {
		w.origins[parameters.At(i)] = next.parameters[i]
	}
}

// follow notes which variables and fields take the properties.
func (w *walk) follow(node ast.Node) {
	switch node := node.(type) {
	case *ast.AssignStmt:
		for i, left := range node.Lhs {
			if len(node.Rhs) == len(node.Lhs) {
				w.taint(left, w.originOf(node.Rhs[i]))
			}
		}
	case *ast.KeyValueExpr:
		w.taint(node.Key, w.originOf(node.Value))
	}
}

func (w *walk) taint(expression ast.Expr, from origin) {
	if from == elsewhere {
		return
	}
	switch expression := expression.(type) {
	case *ast.Ident:
		if object := w.object(expression); object != nil {
			w.origins[object] = from
		}
	case *ast.SelectorExpr:
		w.taint(expression.Sel, from)
	}
}

func (w *walk) object(name *ast.Ident) types.Object {
	if object := w.pkg.info.Defs[name]; object != nil {
		return object
	}
	return w.pkg.info.Uses[name]
}

// Fields by whose name the origin is known.
var origins = map[string]origin{"Properties": properties, "TriggerMetadata": trigger, "AuthParams": authentication}

// originOf tells what a map holds.
func (w *walk) originOf(expression ast.Expr) origin {
	switch expression := expression.(type) {
	case *ast.Ident:
		if object := w.object(expression); object != nil {
			return w.origins[object]
		}
	case *ast.SelectorExpr:
		if from := origins[expression.Sel.Name]; from != elsewhere {
			return from
		}
		return w.originOf(expression.Sel)
	case *ast.ParenExpr:
		return w.originOf(expression.X)
	case *ast.CallExpr:
		name := calledName(expression)
		if len(expression.Args) == 1 && (name == "Clone" || name == "GetProperties") {
			return w.originOf(expression.Args[0])
		}
	}
	return elsewhere
}

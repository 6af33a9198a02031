package main

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// Tag is what a field of a scaler's metadata says of itself, as KEDA's own parser reads it.
type Tag struct {
	Optional   bool     `json:"optional,omitempty"`
	Default    string   `json:"default,omitempty"`
	Order      []string `json:"order,omitempty"`
	Enum       []string `json:"enum,omitempty"`
	Separator  string   `json:"separator,omitempty"`
	Range      bool     `json:"range,omitempty"`
	Deprecated bool     `json:"deprecated,omitempty"`
	// Announced is whether its use is only warned of.
	Announced bool `json:"announced,omitempty"`
	// Alternatives are the other names of the same field.
	Alternatives []string `json:"alternatives,omitempty"`
}

// or joins what two fields say of one name: it is optional or current as soon as one of them is.
func (t *Tag) or(other *Tag) *Tag {
	if t == nil || other == nil {
		if t == nil {
			return other
		}
		return t
	}
	joined := *t
	joined.Optional = t.Optional || other.Optional
	joined.Deprecated = t.Deprecated && other.Deprecated
	for _, from := range other.Order {
		if !slices.Contains(joined.Order, from) && !other.Deprecated {
			joined.Order = append(joined.Order, from)
		}
	}
	if t.Deprecated && !other.Deprecated {
		joined.Order = other.Order
	}
	if joined.Default == "" {
		joined.Default = other.Default
	}
	return &joined
}

// scalers reports on every trigger type that KEDA's builder knows.
func scalers(l *loader) map[string]*Report {
	builder := l.load(l.modulePath + "/pkg/scaling")
	pkg := l.load(l.modulePath + "/pkg/scalers")
	if builder == nil || pkg == nil {
		fail("the module has no pkg/scaling or pkg/scalers")
	}
	reports := map[string]*Report{}
	for _, file := range builder.files {
		ast.Inspect(file, func(node ast.Node) bool {
			clause, ok := node.(*ast.CaseClause)
			if !ok || len(clause.List) == 0 {
				return true
			}
			creators := l.creators(builder, clause)
			for _, expression := range clause.List {
				if name, ok := text(builder.info, expression); ok && len(creators) > 0 {
					walk := newWalk(l, pkg)
					walk.scalers = true
					reports[name] = walk.from(creators)
				}
			}
			return true
		})
	}
	return reports
}

// creators are the functions of the scalers' package that a case calls.
func (l *loader) creators(builder *Package, clause *ast.CaseClause) []*types.Func {
	var found []*types.Func
	for _, statement := range clause.Body {
		ast.Inspect(statement, func(node ast.Node) bool {
			name, ok := node.(*ast.Ident)
			if !ok || !strings.HasPrefix(name.Name, "New") {
				return true
			}
			if function, ok := builder.info.Uses[name].(*types.Func); ok && function.Pkg().Path() == l.modulePath+"/pkg/scalers" {
				found = append(found, function)
			}
			return true
		})
	}
	return found
}

// typed notes the fields of the struct that a scaler's metadata is decoded into.
func (w *walk) typed(call *ast.CallExpr) {
	if structure := structOf(w.pkg.info.TypeOf(call.Args[0])); structure != nil {
		w.tagged(structure, false)
	} else {
		w.report.Unresolved = append(w.report.Unresolved, w.place(call.Pos()))
	}
}

func (w *walk) tagged(structure *types.Struct, optional bool) {
	for i := range structure.NumFields() {
		field := structure.Field(i)
		text, tagged := reflect.StructTag(structure.Tag(i)).Lookup("keda")
		if !tagged {
			continue
		}
		names, tag := parseTag(text)
		if len(names) == 0 {
			if nested := structOf(field.Type()); nested != nil {
				w.tagged(nested, optional || tag.Optional)
			}
			continue
		}
		tag.Optional = tag.Optional || optional
		written := ""
		if expression := w.loader.fields[field]; expression != nil {
			written = types.ExprString(expression)
		}
		for _, name := range names {
			own := *tag
			for _, other := range names {
				if other != name {
					own.Alternatives = append(own.Alternatives, other)
				}
			}
			w.report.add(&Key{Name: name, Type: written, Exact: true, Tag: &own, At: w.at(field.Pos())})
		}
	}
}

func parseTag(written string) (names []string, tag *Tag) {
	tag = &Tag{}
	for _, part := range strings.Split(written, ",") {
		name, value, _ := strings.Cut(part, "=")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "name":
			names = strings.Split(value, ";")
		case "optional":
			tag.Optional = value != "false"
		case "default":
			tag.Default = value
		case "order":
			tag.Order = strings.Split(value, ";")
		case "enum":
			tag.Enum = strings.Split(value, ";")
		case "separator":
			tag.Separator = value
		case "range":
			tag.Range = true
		case "deprecated":
			tag.Deprecated = true
		case "deprecatedAnnounce":
			tag.Announced = true
		}
	}
	return names, tag
}

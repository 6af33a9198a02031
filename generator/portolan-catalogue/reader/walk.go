package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// visit is a function together with what its parameters hold; those past the eighth hold nothing of interest.
type visit struct {
	function   *types.Func
	parameters [8]origin
}

// walk follows the calls from every function of one package and notes how properties are read on the way.
type walk struct {
	loader *loader
	root   *Package
	report *Report
	done   map[visit]bool
	queue  []visit
	// types whose values are made on the way: their methods are reached
	made map[*types.TypeName]bool
	// origins of variables and fields
	origins  map[types.Object]origin
	pkg      *Package
	declared *ast.FuncDecl
	// scalers is whether metadata is KEDA's
	scalers bool
	// named are the parameters that hold the name of a key, and how it is read
	named map[types.Object]Key
}

func newWalk(l *loader, root *Package) *walk {
	return &walk{
		loader: l, root: root, report: &Report{Keys: []*Key{}}, done: map[visit]bool{},
		made: map[*types.TypeName]bool{}, origins: map[types.Object]origin{}, named: map[types.Object]Key{},
	}
}

// run starts at every function of the package.
func (w *walk) run() *Report {
	var roots []*types.Func
	for _, file := range w.root.files {
		for _, declared := range file.Decls {
			if declared, ok := declared.(*ast.FuncDecl); ok {
				if function, ok := w.root.info.Defs[declared.Name].(*types.Func); ok {
					roots = append(roots, function)
				}
			}
		}
	}
	return w.from(roots)
}

func (w *walk) from(roots []*types.Func) *Report {
	// A field that takes the properties is known only after it was met: the second round sees what the first could not.
	for range 2 {
		w.done, w.made = map[visit]bool{}, map[*types.TypeName]bool{}
		for _, function := range roots {
			w.reach(visit{function: function})
		}
		for len(w.queue) > 0 {
			next := w.queue[0]
			w.queue = w.queue[1:]
			w.enter(next)
		}
	}
	w.report.sort()
	return w.report
}

func (w *walk) reach(next visit) {
	next.function = next.function.Origin()
	if _, ours := w.loader.functions[next.function]; ours && !w.done[next] {
		w.done[next] = true
		w.queue = append(w.queue, next)
	}
}

func (w *walk) make(t types.Type) {
	name := typeName(t)
	if name == nil || w.made[name] {
		return
	}
	w.made[name] = true
	for _, method := range w.loader.methods[name] {
		w.reach(visit{function: method})
	}
}

func (w *walk) enter(next visit) {
	declared := w.loader.functions[next.function]
	if strings.HasSuffix(declared.pkg.path, "/scalersconfig") {
		// KEDA's own parser reads what the tags say.
		return
	}
	w.pkg, w.declared = declared.pkg, declared.syntax
	w.noteFunction(next.function)
	if declared.syntax.Body == nil {
		return
	}
	w.taintParameters(next)
	for range 2 {
		ast.Inspect(declared.syntax.Body, func(node ast.Node) bool { w.follow(node); return true })
	}
	ast.Inspect(declared.syntax.Body, func(node ast.Node) bool { w.look(node); return true })
}

func (w *walk) noteFunction(function *types.Func) {
	owner := receiver(function)
	name := function.Name()
	if owner != nil && owner.Pkg() == w.root.types && (name == "BulkPublish" || name == "BulkSubscribe") {
		w.report.Native = append(w.report.Native, name)
	}
	folder := strings.TrimPrefix(w.pkg.path, w.loader.modulePath+"/")
	if strings.HasPrefix(folder, "common/authentication/") || strings.HasPrefix(folder, "common/aws") {
		if owner == nil && ast.IsExported(name) {
			w.report.Reaches = append(w.report.Reaches, folder+"."+name)
		}
	}
}

// look notes what a node reads and where it leads.
func (w *walk) look(node ast.Node) {
	switch node := node.(type) {
	case *ast.CallExpr:
		w.call(node)
	case *ast.Ident:
		w.use(node)
	case *ast.CompositeLit:
		w.make(w.pkg.info.TypeOf(node))
	case *ast.IndexExpr:
		from := w.originOf(node.X)
		if from == elsewhere {
			return
		}
		key := Key{Exact: true, Trigger: from == trigger, Authentication: from == authentication, At: w.at(node.Pos())}
		w.read(key, node.Index)
	case *ast.RangeStmt:
		if w.originOf(node.X) != elsewhere {
			w.walkOver(node)
		}
	}
}

// read notes a key under the name that an expression has, now or, where it is a parameter, at the calls.
func (w *walk) read(key Key, name ast.Expr) {
	if known, ok := text(w.pkg.info, name); ok {
		key.Name = known
		w.report.add(&key)
		return
	}
	if name, ok := name.(*ast.Ident); ok {
		if parameter, ok := w.object(name).(*types.Var); ok && w.isParameter(parameter) {
			w.named[parameter] = key
			return
		}
	}
	w.report.Unresolved = append(w.report.Unresolved, w.place(name.Pos()))
}

func (w *walk) isParameter(variable *types.Var) bool {
	for _, field := range w.declared.Type.Params.List {
		for _, name := range field.Names {
			if w.pkg.info.Defs[name] == variable {
				return true
			}
		}
	}
	return false
}

func (w *walk) use(name *ast.Ident) {
	switch object := w.pkg.info.Uses[name].(type) {
	case *types.Func:
		w.reach(visit{function: object})
	case *types.Const:
		if strings.HasPrefix(object.Name(), "Feature") && object.Pkg() != nil && w.loader.owns(object.Pkg().Path()) {
			w.report.Features = append(w.report.Features, object.Name())
		}
	}
}

var affixes = map[string]string{"HasPrefix": "prefix", "HasSuffix": "suffix"}

// walkOver takes up the names that a loop over all properties compares with.
func (w *walk) walkOver(loop *ast.RangeStmt) {
	key, ok := loop.Key.(*ast.Ident)
	if !ok {
		return
	}
	about := func(expression ast.Expr) bool {
		found := false
		ast.Inspect(expression, func(node ast.Node) bool {
			name, ok := node.(*ast.Ident)
			found = found || ok && w.object(name) != nil && w.object(name) == w.object(key)
			return true
		})
		return found
	}
	w.report.Ranges = append(w.report.Ranges, w.place(loop.Pos()))
	add := func(expression ast.Expr) {
		if name, ok := text(w.pkg.info, expression); ok {
			w.report.add(&Key{Name: name, At: w.at(expression.Pos())})
		}
	}
	ast.Inspect(loop.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.SwitchStmt:
			if node.Tag != nil && about(node.Tag) {
				for _, clause := range node.Body.List {
					for _, expression := range clause.(*ast.CaseClause).List {
						add(expression)
					}
				}
			}
		case *ast.CallExpr:
			if match := affixes[calledName(node)]; match != "" && len(node.Args) == 2 && about(node.Args[0]) {
				if name, ok := text(w.pkg.info, node.Args[1]); ok {
					w.report.add(&Key{Name: name, Match: match, Exact: true, At: w.at(node.Pos())})
				}
			}
		case *ast.BinaryExpr:
			if node.Op == token.EQL && about(node.X) {
				add(node.Y)
			}
		}
		return true
	})
}

func text(info *types.Info, expression ast.Expr) (string, bool) {
	value := info.Types[expression].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value), true
}

// at is the file, without a line: lines move with every release.
func (w *walk) at(pos token.Pos) string {
	return strings.TrimPrefix(strings.TrimPrefix(w.loader.fset.Position(pos).Filename, w.loader.root), "/")
}

func (w *walk) place(pos token.Pos) string {
	return path.Base(w.at(pos)) + ":" + w.declared.Name.Name
}

// Reader lists the metadata keys that the components of a module read in their code, and which components daprd registers.
//
// It type-checks the module's own packages only. What comes from other modules stays unknown, which is enough: the structs that
// metadata is decoded into, and the names that it is looked up by, are the module's own.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Report is what one package and all that it reaches read.
type Report struct {
	// Keys in the order of their names.
	Keys []*Key `json:"keys"`
	// Features are the constants that say what a component can do.
	Features []string `json:"features,omitempty"`
	// Native are the bulk methods of the package's own types.
	Native []string `json:"native,omitempty"`
	// Reaches are functions that stand for whole groups of keys.
	Reaches []string `json:"reaches,omitempty"`
	// Ranges are the places that walk over all properties, so that any key may matter.
	Ranges []string `json:"ranges,omitempty"`
	// Unresolved are the places that read a key whose name the code computes.
	Unresolved []string `json:"unresolved,omitempty"`
}

// Key is one name and how it is read.
type Key struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	// Type is the Go type, or nothing for a look-up.
	Type string `json:"type,omitempty"`
	// Exact is whether the name is read in this spelling only.
	Exact bool `json:"exact,omitempty"`
	// Match is prefix or suffix where the name stands for all that begin or end so.
	Match string `json:"match,omitempty"`
	// Trigger and Authentication are where a scaler looks for it.
	Trigger        bool `json:"trigger,omitempty"`
	Authentication bool `json:"authentication,omitempty"`
	// Tag is what a scaler's field says of itself.
	Tag *Tag `json:"tag,omitempty"`
	// At is the file that reads it.
	At string `json:"at"`
}

const usage = "usage: reader components|registrations|scalers MODULE-FOLDER MODULE-PATH [PACKAGE-FOLDER…]"

func main() {
	if len(os.Args) < 4 {
		fail(usage)
	}
	loader := newLoader(os.Args[2], os.Args[3])
	var answer any
	switch os.Args[1] {
	case "components":
		answer = components(loader, os.Args[4:])
	case "registrations":
		answer = registrations(loader)
	case "scalers":
		answer = scalers(loader)
	default:
		fail(usage)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		fail(err.Error())
	}
}

// components reports on each of the packages.
func components(l *loader, folders []string) map[string]*Report {
	reports := map[string]*Report{}
	for _, folder := range folders {
		pkg := l.load(l.modulePath + "/" + folder)
		if pkg == nil {
			fail("no package in " + folder)
		}
		reports[folder] = newWalk(l, pkg).run()
	}
	return reports
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}

// add takes a key up, or what it adds to one of the same name in whatever capitals. A name that some code reads in any capitals is
// not exact, and a name that is written in a tag or a look-up is better than a field's.
func (r *Report) add(key *Key) {
	if key.Name == "" {
		return
	}
	for _, known := range r.Keys {
		if !known.isSame(key) {
			continue
		}
		known.Tag = known.Tag.or(key.Tag)
		if strings.ToLower(known.Name[:1]) != known.Name[:1] {
			known.Name = key.Name
		}
		known.Exact = known.Exact && key.Exact
		known.Trigger = known.Trigger || key.Trigger
		known.Authentication = known.Authentication || key.Authentication
		if known.Type == "" {
			known.Type = key.Type
		}
		for _, alias := range key.Aliases {
			if !slices.Contains(known.Aliases, alias) {
				known.Aliases = append(known.Aliases, alias)
			}
		}
		return
	}
	r.Keys = append(r.Keys, key)
}

// isSame compares names: KEDA's are always exact.
func (k *Key) isSame(other *Key) bool {
	scaler := other.Tag != nil || other.Trigger || other.Authentication
	return k.Name == other.Name || !scaler && strings.EqualFold(k.Name, other.Name)
}

// sort makes the report the same whatever the order of the walk.
func (r *Report) sort() {
	slices.SortStableFunc(r.Keys, func(a, b *Key) int { return strings.Compare(a.Name, b.Name) })
	for _, key := range r.Keys {
		slices.Sort(key.Aliases)
	}
	for _, names := range []*[]string{&r.Features, &r.Native, &r.Reaches, &r.Ranges, &r.Unresolved} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
}

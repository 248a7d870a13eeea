package sales

// Version counts the versions of the declarations in this package. Every change travels with the version that it was written under. Raise it by one
// together with every lift added below.
const Version = 1

// lifts is the history of the declarations: how what was written under an earlier version is read today. In order of version, never altered once released.
// A field that is merely added, and a kind that is merely added, need no line.
//
//	Renamed(2, "partner", Old{Number: 18, Name: "fax", Type: Text}, 25),
//	Divided(3, "contact", Old{Number: 2, Name: "name", Type: Text}, []int{30, 31}, splitName),
//	Replaced(4, "visit", 6, map[string]string{"cancelled": "dropped"}),
//	Filled(5, "task", 9, "normal"),
var lifts = []Lift{}

// Versions is a history of declarations: where it stands, and the lifts that lead there.
type Versions struct {
	Now   int
	Lifts []Lift // in order of version
}

// DeclaredVersions is the history of the declarations of this program.
func DeclaredVersions() Versions { return Versions{Now: Version, Lifts: lifts} }

// OrDeclared gives the history of this program in place of an empty one.
func (v Versions) OrDeclared() Versions {
	if v.Now == 0 {
		return DeclaredVersions()
	}
	return v
}

// Since gives the lifts for what was written under a version. 0 stands for the first one: those who wrote then named none.
func (v Versions) Since(version int) []Lift {
	for i := range v.Lifts {
		if v.Lifts[i].Version > max(version, 1) {
			return v.Lifts[i:]
		}
	}
	return nil
}

// Old is a field as an earlier version declared it: its number is never used again, its column in a workbook has its name.
type Old struct {
	Number int
	Name   string
	Type   Type
}

// Lift carries one field over into the version that it names. It is a pure function of the values, so that device and server come to the same.
type Lift struct {
	Version int // that it leads to
	Kind    string
	Field   int                   // the field as it was
	Retired *Old                  // the declaration of Field when that is gone
	Into    []int                 // the fields that hold its value now
	Split   func(value any) []any // of one value one for each of Into; nil: the value goes over as it is
	Codes   map[string]string     // for each option that is gone the one that stands for it
	Default any                   // stands where there is no value, since one is required
}

// Renamed carries a field over to a new number: another name, or another meaning, is another field.
func Renamed(version int, kind string, was Old, into int) Lift {
	return Lift{Version: version, Kind: kind, Field: was.Number, Retired: &was, Into: []int{into}}
}

// Divided carries the value of one field over into several. split gets a value that is not empty and gives one for each of into; nil leaves a field empty.
func Divided(version int, kind string, was Old, into []int, split func(value any) []any) Lift {
	return Lift{Version: version, Kind: kind, Field: was.Number, Retired: &was, Into: into, Split: split}
}

// Replaced takes options away from a field: codes names the one that stands for each from now on.
func Replaced(version int, kind string, field int, codes map[string]string) Lift {
	return Lift{Version: version, Kind: kind, Field: field, Codes: codes}
}

// Filled makes a field required: value stands where an earlier version left it empty.
func Filled(version int, kind string, field int, value any) Lift {
	return Lift{Version: version, Kind: kind, Field: field, Default: value}
}

// Parts gives the values of Into for a value of Field.
func (l *Lift) Parts(value any) []any {
	out := make([]any, len(l.Into))
	if Empty(value) {
		return out
	}
	if l.Split == nil {
		for i := range out {
			out[i] = value
		}
		return out
	}
	copy(out, l.Split(value))
	return out
}

// Code gives what stands for a value, a code or a set of them, today.
func (l *Lift) Code(value any) any {
	switch x := value.(type) {
	case string:
		if to, ok := l.Codes[x]; ok {
			return to
		}
	case []string:
		return CleanSet(l.CodesOf(x))
	}
	return value
}

// CodesOf gives what stands for each of some codes.
func (l *Lift) CodesOf(list []string) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c
		if to, ok := l.Codes[c]; ok {
			out[i] = to
		}
	}
	return out
}

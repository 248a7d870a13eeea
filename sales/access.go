package sales

import (
	"slices"
	"strings"
)

// Role is what a user is to the organisation. Every check of a role is made on the server; the app only spares the user a vain attempt.
type Role string

// The roles.
const (
	RoleRep        Role = "rep"
	RoleManager    Role = "manager"
	RoleOperations Role = "operations"
	RoleAdmin      Role = "admin"
	RoleAuditor    Role = "auditor" // reads everything in the territories, writes only personal records
)

// Roles lists the roles.
func Roles() []Role {
	return []Role{RoleRep, RoleManager, RoleOperations, RoleAdmin, RoleAuditor}
}

// MayWrite says whether a role may create, edit or delete records of a kind in a bucket that it sees.
func (r Role) MayWrite(k *Kind) bool {
	return r == RoleAdmin || slices.Contains(k.Writers, r)
}

// The buckets that are not a territory's.
const (
	OrganisationBucket = "o"
	territoryPrefix    = "t:"
	personPrefix       = "u:"
)

// TerritoryBucket is the bucket of a territory; code "" is that of records with no territory yet, which everybody shares.
func TerritoryBucket(code string) string { return territoryPrefix + code }

// PersonBucket is a user's personal bucket.
func PersonBucket(userID string) string { return personPrefix + userID }

// TerritoryTree answers which territory lies below which. Codes that are not in the tree lie below every code they begin with,
// as official region codes do.
type TerritoryTree map[string]string // code to parent code

// Covers says whether code is one of the assigned territories or lies below one.
func (t TerritoryTree) Covers(assigned []string, code string) bool {
	for range len(t) + 1 { // bounds a tree that somebody tied into a loop
		if slices.Contains(assigned, code) {
			return true
		}
		parent, known := t[code]
		if !known {
			return slices.ContainsFunc(assigned, func(a string) bool { return a != "" && strings.HasPrefix(code, a) })
		}
		if parent == "" {
			return false
		}
		code = parent
	}
	return false
}

// Access is what one user may see.
type Access struct {
	UserID      string
	Role        Role
	Territories []string // codes; none means the whole organisation
}

// Sees says whether the user sees a bucket.
func (a Access) Sees(tree TerritoryTree, bucket string) bool {
	switch {
	case bucket == OrganisationBucket, bucket == territoryPrefix, bucket == PersonBucket(a.UserID):
		return true
	case strings.HasPrefix(bucket, territoryPrefix):
		return len(a.Territories) == 0 || tree.Covers(a.Territories, strings.TrimPrefix(bucket, territoryPrefix))
	}
	return false
}

// Lookup finds the record that a reference names; false when it does not exist.
type Lookup func(kind, id string) (Record, bool)

// BucketOf derives the bucket of a record from its values (design section 5) and the anchor: the partner or key account
// whose territory decides, "" when none does. author owns records that name neither a parent nor an owner.
func BucketOf(r Record, author string, find Lookup) (bucket, anchor string) {
	k := MustKind(r.Kind)
	switch k.Scope {
	case InOrganisation:
		return OrganisationBucket, ""
	case InTerritory:
		return TerritoryBucket(r.Text("region_code")), r.ID
	case InPerson:
		return PersonBucket(firstOf(r.Text(k.Owner), author)), ""
	}
	for _, name := range k.Parents {
		id := r.Text(name)
		f, _ := k.Field(name)
		if id == "" || id == r.ID {
			continue
		}
		if parent, ok := find(f.Of, id); ok {
			return BucketOf(parent, author, find)
		}
	}
	return PersonBucket(firstOf(r.Text(k.Owner), author)), ""
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

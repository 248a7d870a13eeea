package central_test

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// A server that was put back may know of a record no more than that its creation was refused once, before its author mended it. An edit of a colleague's, which
// comes again ahead of that, is not for the colleague to mend: they hear that the record is not there (yet), and not why another's change was refused.
func TestNobodyWaitsForARefusedCreationOfAnother(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	parent := a.create(sales.Partner{RegionCode: "3101", Code: "P1"})
	if got := outcomes(a.push(parent)); got != "rejected" {
		t.Fatal(got)
	}
	edit := b.change(sales.Update, "partner", parent.RecordID, wire.FieldEdit{Number: 1, Value: "P2"})
	child := b.create(sales.Contact{Name: "Wang", PartnerID: parent.RecordID, OwnerID: b.caller.UserID})
	verdicts := b.push(edit)
	if v := verdicts[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeNotFound {
		t.Errorf("the edit: %+v", v)
	}
	verdicts = b.push(child)
	if v := verdicts[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeBadReference {
		t.Errorf("the child: %+v", v)
	}
	if got := outcomes(a.push(a.create(sales.Contact{Name: "Li", PartnerID: parent.RecordID, OwnerID: a.caller.UserID}))); got != "held" {
		t.Errorf("of the author's own: %s", got)
	}
}

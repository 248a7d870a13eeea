package partners

import (
	"errors"
	"slices"
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func TestANewPartnerBelongsToItsAuthorAndTerritory(t *testing.T) {
	d, book := fixture()
	me := d.Me()
	me.Territories = []string{"4403"}
	d.Me = func() sales.User { return me }
	m := companyForm(d, partnerSide, "")
	values, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if values["owner_id"] != meID || values["region_code"] != "4403" || values["status"] != "prospect" {
		t.Errorf("defaults: %v", values)
	}
	values["name"], values["code"], values["tags"] = "  新伙伴科技  ", "", []string{"b", "a", "b"}
	id, err := m.Save(t.Context(), values)
	if err != nil {
		t.Fatal(err)
	}
	p := fakebook.All[sales.Partner](book)[0]
	if p.ID != id || p.Name != "新伙伴科技" || p.OwnerID != meID || !slices.Equal(p.Tags, []string{"a", "b"}) || !p.Pending {
		t.Errorf("saved %+v", p)
	}
}

func TestAnEditHoldsOnlyWhatChanged(t *testing.T) {
	d, book := fixture()
	id := threePartners(book)[0]
	m := companyForm(d, partnerSide, id)
	values, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := sales.Apply(values, sales.Values{"phone": "0755-1234", "tier": ""})
	next["tier"] = ""
	if _, err := m.Save(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	edit := book.Edits[len(book.Edits)-1]
	if len(edit.Values) != 2 || edit.Values["phone"] != "0755-1234" || edit.Values["tier"] != nil {
		t.Errorf("edit: %+v", edit)
	}
	n := len(book.Edits)
	if _, err := m.Save(t.Context(), values); err != nil || len(book.Edits) != n {
		t.Errorf("saving what is unchanged wrote something: %v", err)
	}
}

func TestEachFieldIsToldWhatIsWrongWithIt(t *testing.T) {
	d, book := fixture()
	threePartners(book)
	m := companyForm(d, partnerSide, "")
	if _, err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := m.Save(t.Context(), sales.Values{"name": " ", "tier": "diamond"})
	if wrong := codes(err); len(wrong) != 2 || wrong["name"] != sales.CodeRequired || wrong["tier"] != sales.CodeInvalid {
		t.Errorf("wrong fields: %v", wrong)
	}
	_, err = m.Save(t.Context(), sales.Values{"name": "X", "signed_on": "2026-05-01", "agreement_ends": "2026-01-01"})
	if codes(err)["agreement_ends"] != sales.CodeBadOrder {
		t.Errorf("days in the wrong order: %v", err)
	}
	_, err = m.Save(t.Context(), sales.Values{"name": "X", "code": "P2"})
	if codes(err)["code"] != sales.CodeDuplicate {
		t.Errorf("a code that is taken: %v", err)
	}
}

func TestTheSameNameIsNoticed(t *testing.T) {
	d, book := fixture()
	ids := threePartners(book)
	m := companyForm(d, partnerSide, "")
	if _, err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if id, err := m.Similar(t.Context(), "Beta "); err != nil || id != ids[1] {
		t.Errorf("similar: %q, %v", id, err)
	}
	own := companyForm(d, partnerSide, ids[1])
	if _, err := own.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if id, err := own.Similar(t.Context(), "Beta"); err != nil || id != "" {
		t.Errorf("a record is similar to itself: %q, %v", id, err)
	}
}

func TestAContactIsOfItsCompany(t *testing.T) {
	d, book := fixture()
	company := threePartners(book)[0]
	m := contactForm(d, "", "partner_id", company)
	values, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	values["name"] = "陈刚"
	id, err := m.Save(t.Context(), values)
	if err != nil {
		t.Fatal(err)
	}
	c := fakebook.All[sales.Contact](book)[0]
	if c.ID != id || c.PartnerID != company || c.DecisionRole != "user" {
		t.Errorf("contact: %+v", c)
	}
	again := contactForm(d, id, "", "")
	if _, err := again.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := again.Delete(t.Context()); err != nil || len(fakebook.All[sales.Contact](book)) != 0 {
		t.Errorf("delete: %v", err)
	}
}

// codes gives the error codes by field.
func codes(err error) map[string]string {
	out := map[string]string{}
	var list sales.Errors
	if errors.As(err, &list) {
		for _, e := range list {
			out[e.Field] = e.Code
		}
	}
	return out
}

package sales

import (
	"strconv"
	"testing"
)

func TestATerritoryCoversWhatLiesBelowItHoweverDeep(t *testing.T) {
	tree := TerritoryTree{"n0": ""}
	for i := 1; i <= 60; i++ {
		tree["n"+strconv.Itoa(i)] = "n" + strconv.Itoa(i-1)
	}
	if !tree.Covers([]string{"n0"}, "n60") || !tree.Covers([]string{"n59"}, "n60") {
		t.Error("what lies deep is not covered")
	}
	if tree.Covers([]string{"n60"}, "n59") || tree.Covers([]string{"elsewhere"}, "n60") {
		t.Error("what lies above, or elsewhere, is covered")
	}
}

func TestATerritoryTreeTiedIntoALoopIsSurvived(t *testing.T) {
	tree := TerritoryTree{"a": "b", "b": "c", "c": "a"}
	if tree.Covers([]string{"x"}, "a") || !tree.Covers([]string{"c"}, "a") {
		t.Error("a loop covers what it does not hold, or not what it does")
	}
}

func TestNobodySeesThePersonalBucketOfAnother(t *testing.T) {
	for _, role := range Roles() {
		a := Access{UserID: "me", Role: role}
		if a.Sees(nil, PersonBucket("you")) || !a.Sees(nil, PersonBucket("me")) || a.Sees(nil, "") || a.Sees(nil, "x:31") {
			t.Errorf("%s", role)
		}
		a.Territories = []string{"31"}
		if a.Sees(nil, TerritoryBucket("44")) || !a.Sees(nil, TerritoryBucket("3101")) || !a.Sees(nil, TerritoryBucket("")) || !a.Sees(nil, OrganisationBucket) {
			t.Errorf("%s with a territory", role)
		}
	}
}

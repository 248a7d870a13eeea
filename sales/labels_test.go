package sales

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"text/template"
)

// labels reads an area's texts in a language.
func labels(t *testing.T, area, language string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../assets/locales/" + area + "." + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestEveryKindFieldAndOptionHasItsLabelInBothLanguages(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		texts := labels(t, "sales", language)
		want := func(key string) {
			if strings.TrimSpace(texts[key]) == "" {
				t.Errorf("%s: %s is missing", language, key)
			}
		}
		for _, k := range Kinds() {
			want("kind." + k.Name)
			want("kind." + k.Name + ".plural")
			for _, f := range k.Fields {
				want("field." + k.Name + "." + f.Name)
				for _, o := range f.Options {
					want("option." + f.Name + "." + o)
				}
			}
		}
		for _, code := range []string{"milestone_late", "milestone_very_late", "risk", "risk_occurred", "past_end", "on_hold", "by_hand"} {
			want("health." + code)
		}
		for _, state := range []string{CadenceNone, CadenceOK, CadenceSoon, CadenceDue, CadenceOverdue} {
			want("cadence." + state)
		}
		for _, bucket := range AgeBuckets() {
			want("age." + bucket)
		}
	}
}

func TestEveryErrorCodeIsExplainedInBothLanguages(t *testing.T) {
	all := []string{
		CodeRequired, CodeInvalid, CodeTooLong, CodeUnknownField, CodeUnknownKind, CodeNotFound, CodeBadReference, CodeBadOrder, CodeReasonNeeded,
		CodeForbidden, CodeDuplicate, CodeGone, CodeHeld, CodeOffline, CodeSignedOut, CodeInUse, CodeStorage, CodeFile, CodeTooLarge, CodeQuota, CodeNotReady,
		CodeInternal, CodeServerMoved,
	}
	for _, language := range []string{"en", "zh"} {
		texts := labels(t, "errors", language)
		for _, code := range all {
			if texts["error."+code] == "" {
				t.Errorf("%s: error.%s is missing", language, code)
			}
		}
		for _, reason := range []string{
			OfflinePortal, OfflineProxy, OfflineInterposed, OfflineAddress, OfflineName, OfflineNoNetwork, OfflineRefused, OfflineTimeout, OfflineCut, OfflineUntrusted,
			OfflineWrongHost, OfflineExpired, OfflineClock, OfflinePlain, OfflineFault, OfflineDown, OfflineBusy, OfflineTooLarge,
		} {
			key := (&Error{Code: CodeOffline, Reason: reason}).TextKeys()[0]
			if text := texts[key]; text == "" || strings.Contains(strings.ToLower(text), "internal") {
				t.Errorf("%s: %s is missing, or says nothing to a rep: %q", language, key, text)
			}
		}
		if key := "error." + CodeStorage + "." + StorageDamaged; texts[key] == "" {
			t.Errorf("%s: %s is missing", language, key)
		}
		for key, text := range texts {
			parsed, err := template.New(key).Parse(text)
			if err != nil {
				t.Errorf("%s: %s: %v", language, key, err)
				continue
			}
			for _, args := range []map[string]any{{}, (&Error{Kind: "visit", Field: "notes", Args: map[string]any{"Value": "x", "From": "a"}}).ErrorArgs()} {
				var out strings.Builder
				if err := parsed.Execute(&out, args); err != nil || strings.Contains(out.String(), "no value") {
					t.Errorf("%s: %s: %q, %v", language, key, out.String(), err)
				}
			}
			checkSpecific(t, key)
		}
	}
}

// checkSpecific finds out whether the kind and the field that a more specific text names exist.
func checkSpecific(t *testing.T, key string) {
	t.Helper()
	parts := strings.Split(key, ".")
	if len(parts) != 4 {
		return
	}
	k, ok := KindNamed(parts[2])
	if ok {
		_, ok = k.Field(parts[3])
	}
	if !ok {
		t.Errorf("%s names no field", key)
	}
}

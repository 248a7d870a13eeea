package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/assets/locales"
	"github.com/rounds-field/rounds/sales"
)

type kindLine struct {
	Kind    string            `json:"kind"`
	Number  int               `json:"number"`
	Label   map[string]string `json:"label"`
	Bucket  string            `json:"bucket"`
	Natural []string          `json:"natural"`
	Writers []sales.Role      `json:"writers"`
	Fields  []fieldLine       `json:"fields"`
}

type fieldLine struct {
	Field    string                       `json:"field"`
	Number   int                          `json:"number"`
	Type     string                       `json:"type"`
	Of       string                       `json:"of,omitempty"`
	Required bool                         `json:"required"`
	Search   bool                         `json:"search"`
	Merge    sales.Merge                  `json:"merge"`
	Group    string                       `json:"group,omitempty"`
	Options  []string                     `json:"options,omitempty"`
	Label    map[string]string            `json:"label"`
	Texts    map[string]map[string]string `json:"option_labels,omitempty"`
}

var scopes = map[sales.Scope]string{
	sales.InOrganisation: "organisation", sales.InTerritory: "territory", sales.InParent: "parent", sales.InPerson: "person",
}

func (t *tool) kinds() *cobra.Command {
	return t.jsonFlag(&cobra.Command{
		Use: "kinds", Short: "Every kind of record with its fields, types, rules and labels", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			texts := map[string]map[string]string{}
			for _, lang := range []string{"en", "zh"} {
				m, err := locales.Texts(lang)
				if err != nil {
					return err
				}
				texts[lang] = m
			}
			label := func(key string) map[string]string {
				return map[string]string{"en": texts["en"][key], "zh": texts["zh"][key]}
			}
			for _, k := range sales.Kinds() {
				if err := t.kind(describe(k, label)); err != nil {
					return err
				}
			}
			return t.out.Flush()
		},
	})
}

func describe(k *sales.Kind, label func(string) map[string]string) kindLine {
	line := kindLine{
		Kind: k.Name, Number: k.Number, Label: label("kind." + k.Name), Bucket: scopes[k.Scope], Natural: k.Natural,
		Writers: append([]sales.Role{sales.RoleAdmin}, k.Writers...),
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		fl := fieldLine{
			Field: f.Name, Number: f.Number, Type: f.Type.String(), Of: f.Of, Required: f.Required, Search: f.Search, Merge: f.Merge,
			Group: f.Group, Options: f.Options, Label: label("field." + k.Name + "." + f.Name),
		}
		for _, o := range f.Options {
			if fl.Texts == nil {
				fl.Texts = map[string]map[string]string{}
			}
			fl.Texts[o] = label("option." + f.Name + "." + o)
		}
		line.Fields = append(line.Fields, fl)
	}
	return line
}

func (t *tool) kind(k kindLine) error {
	if t.asJSON {
		return t.line(k, "")
	}
	if _, err := fmt.Fprintf(t.out, "%s  %s / %s  (%s)\n", k.Kind, k.Label["en"], k.Label["zh"], k.Bucket); err != nil {
		return err
	}
	for _, f := range k.Fields {
		mark := " "
		if f.Required {
			mark = "*"
		}
		of := f.Of
		for i, o := range f.Options {
			if i > 0 {
				of += "|"
			}
			of += o
		}
		if _, err := fmt.Fprintf(t.out, "  %s %-16s %-6s %-28s %s / %s\n", mark, f.Field, f.Type, of, f.Label["en"], f.Label["zh"]); err != nil {
			return err
		}
	}
	return nil
}

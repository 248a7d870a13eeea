package exchange

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/assets/locales"
	"github.com/rounds-field/rounds/sales"
)

// idColumn is the column of a record's id, which is not a field.
const idColumn = "id"

// Column says what became of a column of the file.
type Column struct {
	Header string `json:"header"`
	Field  string `json:"field"` // "" when the column was passed over
}

// vocabulary is what headers and cells may be called, beside the names in the program: the labels in both languages.
type vocabulary struct {
	fields  map[string]string            // plain label to field name
	options map[string]map[string]string // field name, plain label of an option, its code
}

func vocabularyOf(k *sales.Kind) (vocabulary, error) {
	v := vocabulary{fields: map[string]string{}, options: map[string]map[string]string{}}
	for _, language := range locales.Languages {
		texts, err := locales.Texts(language)
		if err != nil {
			return v, fmt.Errorf("read labels: %w", err)
		}
		for _, f := range k.Fields {
			v.fields[plain(texts["field."+k.Name+"."+f.Name])] = f.Name
			for _, code := range f.Options {
				if v.options[f.Name] == nil {
					v.options[f.Name] = map[string]string{}
				}
				v.options[f.Name][plain(texts["option."+f.Name+"."+code])] = code
			}
		}
	}
	delete(v.fields, "")
	return v, nil
}

// plain makes headers comparable: lower case, without blanks, dots, hyphens and underscores at either end or between.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '.', '\u00a0', '\u3000', '*', ':', '：':
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
}

// columns decides which field each column fills: as the caller says, by field name, by label, by the names of known systems. Where two
// columns mean one field the caller's word counts most, then the first. The targets of a layout begin with "@".
func columns(k *sales.Kind, header []string, given map[string]string, words vocabulary) ([]Column, error) {
	out := make([]Column, len(header))
	taken := map[string]bool{}
	for name, field := range given {
		at := slices.IndexFunc(header, func(h string) bool { return h == name || plain(h) == plain(name) })
		if at < 0 {
			return nil, &sales.Error{
				Code: sales.CodeInvalid, Kind: k.Name, Message: fmt.Sprintf("the file has no column %q", name), Hint: "its columns are " + strings.Join(header, ", "),
				Args: map[string]any{"Value": name},
			}
		}
		if field != "" && field != idColumn {
			if _, ok := k.Field(field); !ok {
				return nil, &sales.Error{Code: sales.CodeUnknownField, Kind: k.Name, Field: field, Message: "no such field", Hint: "`roundsctl kinds` lists the fields"}
			}
		}
		out[at], taken[field] = Column{header[at], field}, true
	}
	for i, h := range header {
		if out[i].Header != "" {
			continue
		}
		out[i].Header = h
		if field := fieldFor(k, h, words); field != "" && !taken[field] {
			out[i].Field, taken[field] = field, true
		}
	}
	if !slices.ContainsFunc(out, func(c Column) bool { return c.Field != "" }) {
		return nil, &sales.Error{
			Code: sales.CodeInvalid, Kind: k.Name, Message: "no column of the file has the name of a field: " + strings.Join(header, ", "),
			Hint: "put field names into the first row, or say which column is which field", Args: map[string]any{"Value": strings.Join(header, ", ")},
		}
	}
	return out, nil
}

// synonyms are what else the business calls a field, in any kind that has it.
var synonyms = map[string][]string{
	"代码": {"code"}, "编号": {"code"}, "代号": {"code"}, "客户编码": {"code"}, "客户编号": {"code"}, "伙伴编码": {"code"}, "代理商编码": {"code"},
	"客户名称": {"name"}, "公司": {"name"}, "公司名称": {"name"}, "单位": {"name"}, "单位名称": {"name"}, "伙伴名称": {"name"}, "代理商": {"name"}, "代理商名称": {"name"},
	"大区": {"region_code"}, "区域": {"region_code"}, "地区": {"region_code"}, "辖区编码": {"region_code"}, "大区编码": {"region_code"}, "region": {"region_code"}, "territory": {"region_code"},
	"等级": {"tier"}, "联系电话": {"phone"}, "电话号码": {"phone"}, "telephone": {"phone"}, "手机": {"mobile", "phone"}, "邮箱": {"email"}, "电子邮箱": {"email"}, "备注": {"notes"}, "说明": {"notes"},
}

func fieldFor(k *sales.Kind, header string, words vocabulary) string {
	if plain(header) == idColumn {
		return idColumn
	}
	for _, f := range k.Fields {
		if plain(f.Name) == plain(header) {
			return f.Name
		}
	}
	if target := layouts[k.Name].aliases[plain(header)]; target != "" {
		return target
	}
	if field := words.fields[plain(header)]; field != "" {
		return field
	}
	for _, name := range synonyms[plain(header)] {
		if _, ok := k.Field(name); ok {
			return name
		}
	}
	for _, f := range k.Fields { // partner, partner_code and partner_name mean partner_id
		if base, ok := strings.CutSuffix(f.Name, "_id"); ok {
			switch plain(header) {
			case plain(base), plain(base + "_code"), plain(base + "_name"):
				return f.Name
			}
		}
	}
	return ""
}

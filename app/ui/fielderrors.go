package ui

// FieldErrors explains an error by the names of the fields that it is about, for Form.SetErrors. What is about no field is
// under "". No error gives none.
func FieldErrors(err error) map[string]string {
	texts := map[string]string{}
	collectFieldErrors(err, texts)
	return texts
}

func collectFieldErrors(err error, texts map[string]string) {
	switch e := err.(type) { //nolint:errorlint // The tree is walked by hand: errors.As stops at the first of several.
	case nil:
		return
	case CodedError:
		name, ok := e.ErrorArgs()["Field"].(string)
		if !ok {
			name = ""
		}
		if _, said := texts[name]; !said {
			texts[name] = ErrorText(e)
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			collectFieldErrors(one, texts)
		}
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			collectFieldErrors(inner, texts)
			return
		}
		texts[""] = ErrorText(err)
	default:
		texts[""] = ErrorText(err)
	}
}

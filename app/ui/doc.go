// Package ui is what the screens of Rounds are made of: texts in the user's language, the theme, widgets, and
// the one crossing to the UI thread.
package ui

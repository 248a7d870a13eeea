// Package assets embeds what the app shows and does not compute: fonts and icons. The translations are in assets/locales.
package assets

import (
	"embed"
	"fmt"
	"path"
	"sync"

	"fyne.io/fyne/v2"
)

//go:embed fonts/SourceHanSansCN-Regular.otf
var regularFont []byte

//go:embed fonts/SourceHanSansCN-Bold.otf
var boldFont []byte

//go:embed icon.png
var appIcon []byte

//go:embed icons/*.svg
var icons embed.FS

// The font resources are made once and shared: the toolkit keys its parsed faces by resource, and a second
// resource with the same bytes would be a second parsed font.
var (
	// FontRegular is Source Han Sans CN Regular. It covers Latin and Chinese in one face.
	FontRegular fyne.Resource = fyne.NewStaticResource("SourceHanSansCN-Regular.otf", regularFont)
	// FontBold is Source Han Sans CN Bold.
	FontBold fyne.Resource = fyne.NewStaticResource("SourceHanSansCN-Bold.otf", boldFont)
	// AppIcon is the icon of the app's window and of its installers, 512 by 512 pixels.
	AppIcon fyne.Resource = fyne.NewStaticResource("rounds.png", appIcon)
)

var iconCache sync.Map

// Icon returns the icon of this name (a file icons/<name>.svg) in no particular color; app/ui gives it the
// theme's. An unknown name is a programming error that the test of app/ui's icon list finds, and panics.
func Icon(name string) fyne.Resource {
	if found, ok := iconCache.Load(name); ok {
		if icon, ok := found.(fyne.Resource); ok {
			return icon
		}
	}
	content, err := icons.ReadFile(path.Join("icons", name+".svg"))
	if err != nil {
		panic(fmt.Sprintf("assets: read icon %q: %v", name, err))
	}
	icon := fyne.NewStaticResource("icon-"+name+".svg", content)
	iconCache.Store(name, fyne.Resource(icon))
	return icon
}
